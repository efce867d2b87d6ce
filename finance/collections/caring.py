"""What the pages of plans in trouble show."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from core import clock
from core.db import db
from finance.collections.care_models import ASKED, PROPOSED, LoanGiveUp, Relief
from finance.collections.models import Standing
from finance.collections.provision_rules import rules
from finance.collections.provisioning import SHOPPERS
from finance.loans.models import Loan
from mall import facts

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Late:
    """A plan with something late, as of the last run."""

    loan: Loan
    days: int
    bucket: str
    stage: int
    exposure: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Requests and proposals that wait, what was given up, the latest plans, people's names."""

    requests: Sequence[Relief]
    proposals: Sequence[LoanGiveUp]
    given_up: Sequence[LoanGiveUp]
    late: list[Late]
    names: dict[int, str]


def requests_of(loan: Loan) -> Sequence[Relief]:
    """What was asked on this plan, newest first."""
    query = select(Relief).where(Relief.loan_id == loan.id).order_by(Relief.id.desc())
    return db.session.scalars(query).all()


def waiting() -> Waiting:
    """All of the page, as of now."""
    asked = select(Relief).where(Relief.state == ASKED).order_by(Relief.id)
    proposed = select(LoanGiveUp).where(LoanGiveUp.state == PROPOSED).order_by(LoanGiveUp.id)
    decided = select(LoanGiveUp).where(LoanGiveUp.state != PROPOSED)
    newest = decided.order_by(LoanGiveUp.id.desc()).limit(SHOWN)
    requests, proposals = db.session.scalars(asked).all(), db.session.scalars(proposed).all()
    given_up, late = db.session.scalars(newest).all(), _late()
    plans = [r.loan for r in requests] + [p.loan for p in (*proposals, *given_up)]
    plans += [each.loan for each in late]
    admins = {id for p in (*proposals, *given_up) for id in (p.proposed_by, p.decided_by) if id}
    names = facts.person_names({plan.borrower_id for plan in plans} | admins)
    return Waiting(requests, proposals, given_up, late, names)


def _late() -> list[Late]:
    """The latest first; days go on counting since the row was written."""
    query = (
        select(Loan, Standing)
        .join(Standing, Standing.contract_id == Loan.id)
        .where(Standing.book == SHOPPERS, Standing.days_late > 0)
        .order_by(Standing.days_late.desc(), Loan.id)
        .limit(SHOWN)
    )
    buckets, today = rules().buckets, clock.today()
    return [
        Late(
            loan,
            max(kept.days_late, kept.days_late + (today - kept.on).days),
            buckets[kept.bucket][1],
            kept.stage,
            kept.exposure,
        )
        for loan, kept in db.session.execute(query)
    ]
