"""What the watch reads: decisions by month and card, and how old contracts ended."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, and_, case, cast, func, or_, select

from core import clock
from core.db import db
from finance.capital.models import Advance
from finance.loans.models import Loan
from finance.risk import buyer_case, scorecard, seller_case
from finance.risk.models import Decision
from finance.risk.scorecard import Card
from finance.risk.shadow import ShadowAnswer
from finance.risk.watch.rules import Counts, Limits, Matured

_CHUNK = 500
_LATE = 90  # days late that are a default, where a contract has no day of its own for it
_VALUES: dict[str, Callable[[dict[str, Any]], Mapping[str, int | None]]] = {
    "buyer": lambda inputs: buyer_case.case_of(inputs).values(),
    "seller": lambda inputs: seller_case.case_of(inputs).values(),
}


@dataclass
class Seen:
    """All decisions of one card: by month, and those it is compared with."""

    card: Card
    subject: str
    base: Counts
    trained: bool
    months: dict[str, Counts] = field(default_factory=dict)


def month_of(at: datetime) -> str:
    """`2026-11`, in the mall's zone."""
    return f"{clock.day_of(at):%Y-%m}"


def seen(card_name: str, by: Limits) -> Seen | None:
    """Decisions of the last months by this card; None where it has made none."""
    card = scorecard.load(card_name)
    since = _first_month(clock.today(), by.months)
    training = scorecard.training_of(card_name)
    found: Seen | None = None
    for number, d in enumerate(_decisions(card, None if training is None else since)):
        if found is None:
            base = Counts.from_data(training) if training else Counts.of(card)
            found = Seen(card, d.subject, base, training is not None)
        values = _VALUES[d.subject](d.inputs)
        if training is None and number < by.base_decisions:
            found.base.add(card, values, d.score, d.approved)
        elif clock.day_of(d.created_at) >= since:
            month = found.months.setdefault(month_of(d.created_at), Counts.of(card))
            month.add(card, values, d.score, d.approved)
    return found


def _first_month(today: date, months: int) -> date:
    whole = today.year * 12 + today.month - months
    return date(whole // 12, whole % 12 + 1, 1)


def _decisions(card: Card, since: date | None) -> Iterator[Decision]:
    """In the order in which they were made; the last version of the card only."""
    query = select(Decision).where(Decision.card_hash == card.hash).order_by(Decision.id)
    if since is not None:
        query = query.where(Decision.created_at >= clock.start_of(since))
    yield from db.session.scalars(query.execution_options(yield_per=_CHUNK))


def cards() -> list[str]:
    """Names of all cards that have decided."""
    return list(db.session.scalars(select(Decision.card).distinct().order_by(Decision.card)))


def matured(card: Card, by: Limits) -> dict[str, list[Matured]]:
    """Contracts that began long enough ago, by the month they began in."""
    until = clock.today() - timedelta(by.horizon_days)
    found: dict[str, list[Matured]] = defaultdict(list)
    for table in (_loans, _advances):
        query = table(until, by.horizon_days).where(Decision.card_hash == card.hash)
        for began_on, bad, pd_ppm in db.session.execute(query.add_columns(Decision.pd_ppm)):
            found[f"{began_on:%Y-%m}"].append(Matured(pd_ppm, bool(bad)))
    return dict(sorted(found.items()))


def _loans(until: date, horizon: int) -> Any:
    lost_on = func.coalesce(Loan.defaulted_on, Loan.charged_off_on)
    bad = case((lost_on <= Loan.began_on + horizon, True), else_=False)
    return (
        select(Loan.began_on, bad)
        .join(Decision, Decision.id == Loan.decision_id)
        .where(Loan.began_on <= until)
    )


def _advances(until: date, horizon: int) -> Any:
    late_on = cast(Advance.late_since + _LATE, Date)
    lost = or_(
        and_(Advance.state == "charged_off", Advance.closed_on <= Advance.began_on + horizon),
        and_(late_on <= Advance.began_on + horizon, late_on <= clock.today()),
    )
    return (
        select(Advance.began_on, case((lost, True), else_=False))
        .join(Decision, Decision.id == Advance.decision_id)
        .where(Advance.began_on <= until)
    )


def outcomes(subject: str, horizon: int) -> Iterator[dict[str, Any]]:
    """Every contract begun `horizon` days ago or longer: what the card read when it was decided on,
    `decision`, `month`, and whether it was bad (1 or 0), the oldest first.
    """
    table = {"buyer": _loans, "seller": _advances}[subject]
    query = table(clock.today() - timedelta(horizon), horizon)
    query = query.add_columns(Decision.id, Decision.inputs).order_by(Decision.id)
    for began_on, bad, decision_id, inputs in db.session.execute(query):
        about = {"decision": decision_id, "month": f"{began_on:%Y-%m}", "bad": int(bad)}
        yield about | dict(_VALUES[subject](inputs))


def shadows() -> list[dict[str, Any]]:
    """By challenger: how many decisions it shadowed, and how often it would have said otherwise."""
    other = func.count(case((ShadowAnswer.approved != Decision.approved, 1)))
    query = (
        select(
            ShadowAnswer.card,
            func.count(),
            func.count(case((ShadowAnswer.approved, 1))),
            func.count(case((Decision.approved, 1))),
            other,
        )
        .join(Decision, Decision.id == ShadowAnswer.decision_id)
        .group_by(ShadowAnswer.card)
        .order_by(ShadowAnswer.card)
    )
    names = ("card", "decisions", "approved", "champion_approved", "otherwise")
    return [dict(zip(names, row, strict=True)) for row in db.session.execute(query)]
