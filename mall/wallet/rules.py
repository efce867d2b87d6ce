"""What a bank account looks like, and how much of a day's limit is left; pure."""

import re

from core.money import Money

_ACCOUNT = re.compile(r"[A-Z0-9]{8,34}", re.ASCII)


def account_number(written: str) -> str:
    """`6222 0200-1234` as `622202001234`; "" when it cannot be an account number."""
    number = re.sub(r"[\s-]", "", written).upper()
    return number if _ACCOUNT.fullmatch(number) else ""


def masked(account: str) -> str:
    """An account number of which only the last four characters show."""
    return f"•••• {account[-4:]}"


def left_today(limit: Money, used: Money) -> Money:
    """What a day's limit still allows, never below zero."""
    return max(limit - used, Money.zero(limit.currency))
