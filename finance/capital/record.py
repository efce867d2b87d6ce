"""What a shop has shown it repays: its S1 and S3 that ended, or are late by now."""

from datetime import date

from sqlalchemy import ScalarSelect, exists, func, select

from core import clock
from core.db import db
from finance.capital.exposure_models import HELD, SellerReservation
from finance.capital.models import ACTIVE, CANCELED, REPAID, Advance, AdvanceEvent, Remittance
from finance.capital.terms import SALES_SHARE, TERM_LOAN
from finance.risk.models import Decision
from finance.risk.rungs import Ended, Rules

UNSECURED = (TERM_LOAN, SALES_SHARE)


def ended(seller_id: int, on: date, rules: Rules) -> list[Ended]:
    """Contracts that prove something or disprove it; canceled ones do neither."""
    bore = Decision.inputs["standing"]["supports"].as_integer()
    query = (
        select(Advance, func.coalesce(bore, 0), _paid_off())
        .join(Decision, Decision.id == Advance.decision_id)
        .where(Advance.seller_id == seller_id, Advance.product.in_(UNSECURED))
        .where(Advance.state != CANCELED)
        .order_by(Advance.id)
    )
    return [
        _ended(advance, supports, paid_off, on, rules)
        for advance, supports, paid_off in db.session.execute(query)
        if not advance.is_running or _is_late(advance, rules)
    ]


def _paid_off() -> ScalarSelect[int]:
    """Principal that the next contract paid when it renewed this one."""
    event = AdvanceEvent
    renewed = exists().where(event.advance_id == Advance.id, event.kind == "renewed")
    return (
        select(func.coalesce(func.sum(Remittance.principal), 0))
        .where(Remittance.advance_id == Advance.id, Remittance.reason == "early", renewed)
        .scalar_subquery()
    )


def _ended(advance: Advance, bore: int, paid_off: int, on: date, rules: Rules) -> Ended:
    whole = advance.state == REPAID and not advance.principal_forgiven
    return Ended(
        began=advance.began_on,
        ended=advance.closed_on or on,
        bore=bore,
        repaid=max(0, advance.principal_paid - int(paid_off)),
        in_time=whole and not _is_late(advance, rules),
    )


def _is_late(advance: Advance, rules: Rules) -> bool:
    """Later than the rules allow, or a minimum was missed."""
    late = advance.days_late_max
    if advance.state == ACTIVE and advance.late_since:
        late = max(late, (clock.today() - advance.late_since).days)
    return late > rules.late_days or advance.minimums_missed > 0


def owed(seller_id: int) -> dict[str, int]:
    """Principal of running contracts and of offers that are held, by product, minor units."""
    found = _running(seller_id)
    kept = SellerReservation
    query = (
        select(kept.product, func.sum(kept.amount))
        .where(kept.seller_id == seller_id, kept.product.in_(UNSECURED), kept.state == HELD)
        .where(kept.expires_at > clock.now())
        .group_by(kept.product)
    )
    for product, total in db.session.execute(query):
        found[product] = found.get(product, 0) + int(total)
    return found


def _running(seller_id: int) -> dict[str, int]:
    left = Advance.principal - Advance.principal_paid - Advance.principal_forgiven
    query = (
        select(Advance.product, func.sum(left))
        .where(Advance.seller_id == seller_id, Advance.product.in_(UNSECURED))
        .where(Advance.state == ACTIVE)
        .group_by(Advance.product)
    )
    return {product: int(total) for product, total in db.session.execute(query)}
