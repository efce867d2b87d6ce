"""What a bank asks back of a part of a checkout: set apart, so that nothing else gives it back."""

from sqlalchemy import select, update

from core.db import db
from core.money import Money
from mall.checkout.models import CheckoutPart, CheckoutShare
from mall.checkout.parts import MoreThanPaid


def set_apart(order_id: int, payment_id: int, amount: Money) -> None:
    """A bank took `amount` of what this payment paid of an order; raises MoreThanPaid."""
    _move(_share_of(order_id, payment_id), disputed=amount.minor)


def set_free(order_id: int, payment_id: int, amount: Money) -> None:
    """The bank has let go of it."""
    _move(_share_of(order_id, payment_id), disputed=-amount.minor)


def give_back(order_id: int, payment_id: int, amount: Money) -> None:
    """The bank keeps what was set apart: it counts as given back."""
    _given(_share_of(order_id, payment_id), amount.minor)


def give_back_all(order_id: int) -> None:
    """Whatever is set apart of this order counts as given back."""
    query = select(CheckoutShare).where(
        CheckoutShare.order_id == order_id, CheckoutShare.disputed > 0
    )
    for share in db.session.scalars(query.execution_options(populate_existing=True)).all():
        _given(share, share.disputed)


def _share_of(order_id: int, payment_id: int) -> CheckoutShare:
    query = (
        select(CheckoutShare)
        .join(CheckoutPart, CheckoutPart.id == CheckoutShare.part_id)
        .where(
            CheckoutShare.order_id == order_id,
            CheckoutPart.payment_ref == f"payment:{payment_id}",
        )
    )
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _given(share: CheckoutShare, amount: int) -> None:
    _move(share, disputed=-amount, refunded=amount)
    part = db.session.get_one(CheckoutPart, share.part_id)
    moved = db.session.execute(
        update(CheckoutPart)
        .where(CheckoutPart.id == part.id, CheckoutPart.refunded + amount <= CheckoutPart.amount)
        .values(refunded=CheckoutPart.refunded + amount)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise MoreThanPaid()


def _move(share: CheckoutShare, *, disputed: int, refunded: int = 0) -> None:
    there = CheckoutShare.disputed + disputed
    moved = db.session.execute(
        update(CheckoutShare)
        .where(
            CheckoutShare.id == share.id,
            there >= 0,
            CheckoutShare.refunded + refunded + there <= CheckoutShare.amount,
        )
        .values(disputed=there, refunded=CheckoutShare.refunded + refunded)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise MoreThanPaid()
