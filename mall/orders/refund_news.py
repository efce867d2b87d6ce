"""What payments tells about refunds on their way to cards."""

from sqlalchemy import select

from core import clock
from core.db import db
from mall.orders import news
from mall.orders.models import Refund
from mall.orders.rules import RefundState


class RefundNews:
    """What payments tells about a card refund; called inside its transaction."""

    def settled(self, refund_number: str) -> None:
        refund = _locked(refund_number)
        if refund is not None and refund.state == RefundState.ACCEPTED:
            refund.move_to(RefundState.SETTLED, by=refund.decided_by)
            refund.settled_at = clock.now()
            news.refund_arrived(refund)

    def failed(self, refund_number: str, why: str) -> None:
        refund = _locked(refund_number)
        if refund is not None and refund.state != RefundState.FAILED:
            refund.move_to(RefundState.FAILED, by=refund.decided_by)
            refund.why, refund.settled_at = why[:240], None
            news.refund_failed(refund)


def _locked(number: str) -> Refund | None:
    query = select(Refund).where(Refund.number == number).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
