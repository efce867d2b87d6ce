"""What sellers and admins are told about disputes."""

from collections import defaultdict
from datetime import datetime

from core import messages
from core.db import db
from core.money import Money, total
from mall.disputes.models import DisputeCase, DisputeShare
from mall.sellers.models import Seller
from payments.disputes_values import DisputeView


def opened(case: DisputeCase, dispute: DisputeView) -> None:
    """A bank asks: each shop in it, and every admin, once; and once more when money is taken."""
    taken = bool(dispute.withdrawn)
    key = f"dispute:{case.number}:{'taken' if taken else 'asked'}"
    if not dispute.takes_evidence:
        return
    for seller_id, shares in _by_seller(case).items():
        messages.send(
            _owner(seller_id),
            "dispute_opened",
            key=key,
            link=f"/seller/disputes/{case.number}",
            number=case.number,
            amount=_sum(shares),
            orders=_orders(shares),
            says=dispute.says,
            taken=int(taken),
            due_by=case.due_by,
        )
    messages.to_admins(
        "dispute_opened",
        key=key,
        link=f"/admin/disputes/{case.number}",
        number=case.number,
        amount=dispute.amount,
        orders=_orders(case.shares),
        says=dispute.says,
        taken=int(taken),
        due_by=case.due_by,
    )


def deadline(case: DisputeCase, due_by: datetime) -> None:
    """Nobody has answered, and the bank takes an answer for some days only."""
    for seller_id, shares in _by_seller(case).items():
        messages.send(
            _owner(seller_id),
            "dispute_deadline",
            key=f"dispute:{case.number}:deadline",
            link=f"/seller/disputes/{case.number}",
            number=case.number,
            amount=_sum(shares),
            orders=_orders(shares),
            due_by=due_by,
        )


def refused(case: DisputeCase) -> None:
    """The answer was not taken; somebody must mend it."""
    for seller_id in _by_seller(case):
        messages.send(
            _owner(seller_id),
            "dispute_refused",
            key=f"dispute:{case.number}:refused:{case.op_id}",
            link=f"/seller/disputes/{case.number}",
            number=case.number,
            why=case.refused.rstrip("."),
            due_by=case.due_by,
        )
    messages.to_admins(
        "dispute_refused",
        key=f"dispute:{case.number}:refused:{case.op_id}",
        link=f"/admin/disputes/{case.number}",
        number=case.number,
        why=case.refused.rstrip("."),
        due_by=case.due_by,
    )


def won(case: DisputeCase) -> None:
    """The payment stands."""
    for seller_id, shares in _by_seller(case).items():
        messages.send(
            _owner(seller_id),
            "dispute_won",
            key=f"dispute:{case.number}:won",
            link=f"/seller/disputes/{case.number}",
            number=case.number,
            amount=_sum(shares),
            orders=_orders(shares),
        )


def lost(case: DisputeCase) -> None:
    """The cardholder has the money; who bears it, and why, by order."""
    for share in case.shares:
        if not share.borne_by:
            continue
        messages.send(
            _owner(share.seller_id),
            "dispute_lost",
            key=f"dispute:{case.number}:lost:{share.order_number}",
            link=f"/seller/disputes/{case.number}",
            number=case.number,
            amount=share.money,
            orders=share.order_number,
            borne=int(share.borne_by == "seller"),
            why=share.why,
        )


def _by_seller(case: DisputeCase) -> dict[int, list[DisputeShare]]:
    found: dict[int, list[DisputeShare]] = defaultdict(list)
    for share in case.shares:
        if share.amount:
            found[share.seller_id].append(share)
    return found


def _sum(shares: list[DisputeShare]) -> Money:
    return total((share.money for share in shares), shares[0].currency)


def _orders(shares: list[DisputeShare]) -> str:
    return ", ".join(share.order_number for share in shares if share.amount)


def _owner(seller_id: int) -> int:
    return db.session.get_one(Seller, seller_id).owner_id
