"""The desk's readings: decisions, and shoppers' loans and sellers' advances as one book."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, Subquery, and_, case, func, literal, select, union_all

from core import clock
from core.db import db
from finance.capital.models import Advance
from finance.capital.queries import advance_numbered
from finance.desk.rules import Contract
from finance.loans.models import Installment, Loan
from finance.risk.models import Decision
from mall import facts

PAGE = 50
BUCKETS = {"late": 1, "30": 31, "60": 61, "90": 91}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list and where we are in it."""

    rows: Sequence[Any]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def decisions(filters: dict[str, str], page: int) -> Page:
    """Decisions newest first; filters: subject, product, grade, approved (yes or no), ref."""
    query = select(Decision)
    for name in ("subject", "product", "grade", "ref"):
        if filters.get(name):
            query = query.where(getattr(Decision, name) == filters[name])
    if filters.get("approved") in ("yes", "no"):
        query = query.where(Decision.approved.is_(filters["approved"] == "yes"))
    return _page(query, Decision.id.desc(), page, scalars=True)


def _page(query: Select[Any], order: Any, page: int, *, scalars: bool) -> Page:
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    some = query.order_by(order).limit(PAGE).offset((page - 1) * PAGE)
    rows = db.session.scalars(some).all() if scalars else db.session.execute(some).all()
    return Page(rows, total or 0, page)


def decision_products() -> list[str]:
    return list(db.session.scalars(select(Decision.product).distinct().order_by(Decision.product)))


def contract_of_decision(decision: Decision) -> str:
    """The number of the loan or advance this decision led to; "" when it led to none."""
    for kind in (Loan, Advance):
        number = db.session.scalar(select(kind.number).where(kind.decision_id == decision.id))
        if number:
            return str(number)
    return ""


def book(on: date) -> Subquery:
    """Every loan and advance in one shape, with since when anything of it is late."""
    return union_all(_loans(on), _advances(on)).subquery("contract")


def _loans(on: date) -> Any:
    paid = Installment.principal_paid + Installment.fee_paid + Installment.late_fee_paid
    due = Installment.principal + Installment.fee + Installment.late_fee
    late = and_(
        Installment.due_on < on, due - paid > Installment.paused, Loan.starts_on.is_not(None)
    )
    return (
        select(
            literal("loan").label("kind"),
            Loan.number,
            Loan.product,
            Decision.grade,
            Decision.pd_ppm,
            Loan.borrower_id.label("subject_id"),
            Loan.began_on,
            Loan.closed_on,
            Loan.principal,
            func.sum(Installment.principal - Installment.principal_paid).label("owed"),
            Loan.state,
            func.min(case((late, Installment.due_on))).label("oldest"),
            func.coalesce(Loan.defaulted_on, Loan.charged_off_on).label("lost_on"),
        )
        .join(Decision, Decision.id == Loan.decision_id)
        .join(Installment, Installment.loan_id == Loan.id)
        .group_by(Loan.id, Decision.id)
    )


def _advances(on: date) -> Any:
    late = Advance.late_since < on
    return select(
        literal("advance"),
        Advance.number,
        Advance.product,
        Advance.grade,
        Decision.pd_ppm,
        Advance.seller_id,
        Advance.began_on,
        Advance.closed_on,
        Advance.principal,
        Advance.principal - Advance.principal_paid - Advance.principal_forgiven,
        Advance.state,
        case((late, Advance.late_since)),
        case((Advance.state == "charged_off", Advance.closed_on)),
    ).join(Decision, Decision.id == Advance.decision_id)


def contracts(filters: dict[str, str], page: int) -> Page:
    """Loans and advances newest first; filters: kind, product, state, grade, late."""
    today = clock.today()
    every = book(today)
    query = select(every)
    for name in ("kind", "product", "state", "grade"):
        if filters.get(name):
            query = query.where(every.c[name] == filters[name])
    if filters.get("late") in BUCKETS:
        least = BUCKETS[filters["late"]]
        query = query.where(every.c.state == "active", today - every.c.oldest >= least)
    found = _page(query, every.c.began_on.desc(), page, scalars=False)
    return Page([_contract(row) for row in found.rows], found.total, found.page)


def whole_book() -> list[Contract]:
    """Every contract, for the portfolio's figures."""
    return [_contract(row) for row in db.session.execute(select(book(clock.today())))]


def _contract(row: Any) -> Contract:
    return Contract(**{**row._mapping, "owed": int(row.owed)})


def names_of(rows: Sequence[Contract]) -> dict[int, str]:
    """Names of borrowers: people of loans, shops of advances."""
    people = facts.person_names(c.subject_id for c in rows if c.kind == "loan")
    shops = facts.seller_names(c.subject_id for c in rows if c.kind == "advance")
    return people | shops


def subject_names(rows: Sequence[Decision]) -> dict[int, str]:
    people = facts.person_names(d.subject_id for d in rows if d.subject == "buyer")
    shops = facts.seller_names(d.subject_id for d in rows if d.subject == "seller")
    return people | shops


def loan_or_advance(number: str) -> Loan | Advance:
    """The contract of this number; raises NotFound."""
    loan = db.session.scalars(select(Loan).where(Loan.number == number)).one_or_none()
    return loan or advance_numbered(number)


def approvals() -> list[tuple[str, str, int, int]]:
    """(month, subject, decisions, approved), oldest first."""
    month = func.to_char(func.date_trunc("month", Decision.created_at), "YYYY-MM")
    yes = func.count(case((Decision.approved, 1)))
    query = select(month, Decision.subject, func.count(), yes).group_by(month, Decision.subject)
    return [(m, s, n, y) for m, s, n, y in db.session.execute(query.order_by(month))]
