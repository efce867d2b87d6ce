"""What sellers are told about their payouts."""

from core import messages
from core.db import db
from core.money import Money
from mall.payouts.models import Payout
from mall.sellers.models import Seller
from mall.sellers.rules import masked

_LINK = "/seller/money"


def paid(payout: Payout) -> None:
    """It has arrived at the bank."""
    messages.send(
        _owner(payout),
        "payout_paid",
        key=f"payout:{payout.number}:paid",
        link=_LINK,
        number=payout.number,
        amount=Money(payout.amount, payout.currency),
        account=masked(payout.destination),
    )


def failed(payout: Payout) -> None:
    """It came back; the money is in the balance again."""
    messages.send(
        _owner(payout),
        "payout_failed",
        key=f"payout:{payout.number}:failed",
        link=_LINK,
        number=payout.number,
        amount=Money(payout.amount, payout.currency),
        account=masked(payout.destination),
        why=payout.why.rstrip("."),
    )


def _owner(payout: Payout) -> int:
    return db.session.get_one(Seller, payout.seller_id).owner_id
