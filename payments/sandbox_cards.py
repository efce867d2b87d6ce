"""The sandbox's test cards: the number alone decides what happens; pure."""

from dataclasses import dataclass
from datetime import date

from core.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class SandboxCard:
    """A number anyone may use, and what it does. A code in `behavior` is a refusal."""

    number: str
    brand: str
    behavior: str
    does: str

    @property
    def grouped(self) -> str:
        """`4242 4242 4242 4242`."""
        return " ".join(self.number[i : i + 4] for i in range(0, len(self.number), 4))


SANDBOX_CARDS: tuple[SandboxCard, ...] = (
    SandboxCard("4242424242424242", "Visa", "success", "pays"),
    SandboxCard("5555555555554444", "Mastercard", "success", "pays"),
    SandboxCard("6200000000000005", "UnionPay", "success", "pays"),
    SandboxCard("4000000000000002", "Visa", "card_declined", "is declined"),
    SandboxCard("4000000000009995", "Visa", "insufficient_funds", "is declined: not enough money"),
    SandboxCard("4000000000000069", "Visa", "expired_card", "is declined: the card has expired"),
    SandboxCard("4000000000000127", "Visa", "incorrect_cvc", "is declined: wrong security code"),
    SandboxCard(
        "4000002500003155",
        "Visa",
        "authenticate",
        "asks you to confirm with the bank; pays later installments only with you there",
    ),
    SandboxCard(
        "4000000000001000",
        "Visa",
        "lost_answer",
        "pays, but the answer gets lost on the way; it is found by looking",
    ),
    SandboxCard(
        "4000000000001018",
        "Visa",
        "kept_500",
        "pays, but the bank answers with an error for ever; it is found by looking",
    ),
    SandboxCard("4000000000001026", "Visa", "late", "pays a minute later; a notice tells"),
    SandboxCard("4000000000001034", "Visa", "duplicate", "pays, and the notice is sent five times"),
    SandboxCard("4000000000001042", "Visa", "declined_late", "is declined a minute later"),
    SandboxCard(
        "4000000000005126",
        "Visa",
        "refund_fails",
        "pays; a refund seems to work and fails a minute later",
    ),
    SandboxCard(
        "4000000000007726", "Visa", "refund_waits", "pays; a refund arrives a minute later"
    ),
    SandboxCard("4000000000001059", "Visa", "refund_refused", "pays; a refund is refused"),
    SandboxCard(
        "4000000000000259",
        "Visa",
        "disputed_fraud",
        "pays; two days later its holder says it was somebody else. Won with a tracking number",
    ),
    SandboxCard(
        "4000000000002685",
        "Visa",
        "disputed_not_received",
        "pays; two days later its holder says nothing came. Won with a tracking number",
    ),
    SandboxCard(
        "4000000000001976",
        "Visa",
        "inquiry",
        "pays; two days later the bank only asks, and is content five days later",
    ),
)
REFUSALS = ("card_declined", "insufficient_funds", "expired_card", "incorrect_cvc", "no_such_card")
_BY_NUMBER = {card.number: card for card in SANDBOX_CARDS}


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812)."""
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def checked_number(number: str) -> str:
    """The digits of a card number; raises InvalidInput."""
    digits = number.replace(" ", "").replace("-", "")
    if not digits.isascii() or not digits.isdigit() or not 12 <= len(digits) <= 19:
        raise InvalidInput("A card number has 12 to 19 digits.")
    if not luhn(digits):
        raise InvalidInput("This card number has a typing error. Check its digits.")
    return digits


def checked_expiry(expiry: str, today: date) -> str:
    """`2028-04` from `04/28` or `04 / 2028`; raises InvalidInput, also for a month gone by."""
    month, _, year = expiry.replace(" ", "").replace("-", "/").partition("/")
    if not (month.isascii() and month.isdigit() and year.isascii() and year.isdigit()):
        raise InvalidInput("Write the expiry as month and year, such as 04/28.")
    full_year = int(year) + (2000 if len(year) == 2 else 0)
    if not 1 <= int(month) <= 12 or not 2000 <= full_year <= 2099:
        raise InvalidInput("Write the expiry as month and year, such as 04/28.")
    if (full_year, int(month)) < (today.year, today.month):
        raise InvalidInput("This card has expired. Use another one.")
    return f"{full_year}-{int(month):02}"


def checked_cvc(cvc: str) -> None:
    """Raises InvalidInput; the code itself is never kept."""
    if not (cvc.isascii() and cvc.isdigit() and len(cvc) in (3, 4)):
        raise InvalidInput("The security code has 3 or 4 digits.")


def card_of(digits: str) -> SandboxCard:
    """What this number does; raises InvalidInput, since a sandbox must not see real cards."""
    card = _BY_NUMBER.get(digits)
    if card is None:
        raise InvalidInput(
            "This is a sandbox: it takes its test cards only, such as 4242 4242 4242 4242."
        )
    return card
