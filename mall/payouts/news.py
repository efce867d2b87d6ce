"""What sellers are told about their payouts."""

from core import messages
from core.db import db
from core.money import Money
from mall.payouts.models import Payout, PayoutTakeBack
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


def taken_back(payout: Payout, asked: PayoutTakeBack) -> None:
    """An admin took (part of) it back; it is the seller's balance again."""
    messages.send(
        _owner(payout),
        "payout_taken_back",
        key=f"payout:{payout.number}:taken_back:{asked.key}",
        link=_LINK,
        number=payout.number,
        amount=asked.money,
        why=asked.why.rstrip("."),
    )


def not_taken_back(payout: Payout, asked: PayoutTakeBack) -> None:
    """The gateway did not give it; admins hear of it."""
    messages.to_admins(
        "take_back_refused",
        key=f"payout:{payout.number}:take_back:{asked.key}",
        link=f"/admin/sellers/{payout.seller_id}",
        number=payout.number,
        amount=asked.money,
        why=asked.answer.rstrip("."),
    )


def _owner(payout: Payout) -> int:
    return db.session.get_one(Seller, payout.seller_id).owner_id
