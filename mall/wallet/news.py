"""What people are told about what they take out of their balance."""

from core import messages
from mall.wallet.models import Withdrawal
from mall.wallet.rules import masked


def paid(asked: Withdrawal) -> None:
    """It has arrived at the bank."""
    messages.send(
        asked.person_id,
        "withdrawal_paid",
        key=f"withdrawal:{asked.number}:paid",
        link=f"/account/wallet/withdraw/{asked.number}",
        number=asked.number,
        amount=asked.money,
        account=masked(asked.destination),
    )


def failed(asked: Withdrawal) -> None:
    """It came back; the money is balance again."""
    messages.send(
        asked.person_id,
        "withdrawal_failed",
        key=f"withdrawal:{asked.number}:failed",
        link=f"/account/wallet/withdraw/{asked.number}",
        number=asked.number,
        amount=asked.money,
        account=masked(asked.destination),
        why=asked.why.rstrip("."),
    )
