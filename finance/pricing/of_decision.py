"""The terms that a decision was priced with, from what was kept with it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, literal, select

from core import clock
from core.db import db
from core.money import MILLION, round_fraction
from finance.campaigns.models import Subsidy
from finance.capital import terms as capital
from finance.capital.early_settlement import rules as today_rules
from finance.capital.order_advance import rules as order_rules
from finance.capital.sales_share.rules import Targets
from finance.capital.term_loan import rules as loan_rules
from finance.capital.terms import Terms
from finance.credit_line.models import CreditLine, LineDraw
from finance.lending.life.terms import FLAT
from finance.loans.models import Loan
from finance.pricing import tables
from finance.pricing.formula import Breakdown
from finance.pricing.setting import INSTALLMENTS
from finance.products import Installments
from finance.products.line import NAME as LINE
from finance.products.line import Line
from finance.risk.models import Decision


@dataclass(frozen=True, slots=True)
class Priced:
    """`length` in words; version 0 is the one that came with the program."""

    length: str
    price: Breakdown
    version: int


def priced(decision: Decision) -> Priced | None:
    """Every term of the price, None for a product or a grade that has none."""
    how = _PRICED.get(decision.product)
    found = how(decision) if how else None
    if found is None:
        return None
    return Priced(*found, int(decision.inputs.get("price_version", 0)))


Found = tuple[str, Breakdown] | None


def _installments(d: Decision) -> Found:
    months = d.inputs["asked"]["months"]
    product = Installments.from_data(d.inputs["terms"])
    if d.grade not in tables.GRADES:
        return None
    return f"{months} months", tables.of_plan(product, d.grade, months)


def _sponsored(d: Decision) -> Found:
    """B5: what the shop paid, as the flat fee a month that it comes to."""
    paid = (
        select(Subsidy.amount, Subsidy.financed)
        .join(Loan, Loan.number == Subsidy.loan_number)
        .where(Loan.decision_id == d.id)
    )
    found = db.session.execute(paid).first()
    if found is None or d.grade not in tables.GRADES:
        return None
    months = d.inputs["asked"]["months"]
    monthly = round_fraction(Fraction(found.amount * MILLION, found.financed * months))
    kept = Installments.from_data(d.inputs["terms"])
    product = replace(kept, pricing=FLAT, monthly_fee_ppm=monthly)
    return f"{months} months", tables.of_plan(product, d.grade, months, sponsored=True)


def _line(d: Decision) -> Found:
    """The line that was decided on, or drawn on; its price stays the one it was opened with."""
    line = db.session.scalars(_lines_of(d)).first()
    if line is None or d.grade not in tables.GRADES:
        return None
    return "while owed", Line.from_data(line.terms).breakdown(d.grade)


def _lines_of(d: Decision) -> Select[CreditLine]:
    """The one that was opened by it or whose limit it moved, else the one drawn on, else opened then."""
    drawn = (
        select(LineDraw.line_id)
        .join(Loan, Loan.id == LineDraw.loan_id)
        .where(Loan.decision_id == d.id)
    )
    mine = CreditLine.person_id == d.subject_id
    known = (CreditLine.decision_id == d.id) | (CreditLine.number == d.ref)
    then = (CreditLine.opened_on == clock.day_of(d.created_at)) & literal(d.ref == "")
    query = select(CreditLine).where(mine, known | CreditLine.id.in_(drawn) | then)
    return query.order_by(CreditLine.id.desc()).limit(1)


def _loan(d: Decision) -> Found:
    terms, months = _terms(d).term_loan, d.inputs["evidence"].get("months")
    if not months or d.grade not in terms.grades:
        return None
    return f"{months} months", loan_rules.breakdown(d.grade, d.pd_ppm, months, terms)


def _orders(d: Decision) -> Found:
    terms = _terms(d).order_advance
    return f"{terms.tenor_days} days", order_rules.breakdown(d.pd_ppm, terms)


def _share(d: Decision) -> Found:
    offer: dict[str, Any] | None = d.inputs["evidence"].get("priced")
    if offer is None:
        return None
    targets = Targets(d.grade, d.pd_ppm, _terms(d).sales_share)
    return f"{offer['days']} days", targets.breakdown(offer["days"], offer["apr_ppm"])


def _today(d: Decision) -> Found:
    terms = _terms(d).paid_today
    return f"{terms.expected_days} days", today_rules.breakdown(d.pd_ppm, terms)


def _terms(d: Decision) -> Terms:
    return Terms.from_data(d.inputs["terms"])


_PRICED: dict[str, Callable[[Decision], Found]] = {
    INSTALLMENTS: _installments,
    "interest_free": _sponsored,
    LINE: _line,
    capital.TERM_LOAN: _loan,
    capital.ORDER_ADVANCE: _orders,
    capital.SALES_SHARE: _share,
    capital.PAID_TODAY: _today,
}


def in_words(decision: Decision) -> str:
    """`10.90 % a year: 4.50 % money, 2.22 % risk, 4.18 % service`; "" where there is no price."""
    found = priced(decision)
    if found is None:
        return ""
    return f"{tables.percent(found.price.apr_ppm)} a year: {tables.in_three(found.price)}"
