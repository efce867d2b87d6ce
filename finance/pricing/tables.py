"""The price of every product for every grade and term, each term of it by itself; pure."""

from dataclasses import dataclass, replace
from datetime import date

from core.money import MILLION, Money
from finance.capital import terms as capital
from finance.capital.early_settlement import rules as today_rules
from finance.capital.order_advance import rules as order_rules
from finance.capital.sales_share.rules import Targets
from finance.capital.term_loan import rules as loan_rules
from finance.capital.terms import Terms
from finance.pay_later import offers
from finance.pricing import formula
from finance.pricing.formula import Breakdown
from finance.products.installments import GRADE, Installments
from finance.products.line import Line

GRADES = "ABCD"
TYPICAL_PD = {"A": 4_000, "B": 9_000, "C": 20_000, "D": 42_000, "E": 103_000}
"""By grade, E at a score of 540; what a seller pays by formula follows from their own."""
_USUAL = Money(360_000, "CNY")
_ON = date(2026, 1, 1)
SHARE_DAYS = 277  # the usual sales share: 100,000 at 15 % of 2,600 a day


@dataclass(frozen=True, slots=True)
class Row:
    """One price; `term` in words, `refused` when it is above the cap and so not offered."""

    term: str
    grade: str
    price: Breakdown
    refused: bool = False


def of_plan(
    product: Installments, grade: str, months: int, *, sponsored: bool = False
) -> Breakdown:
    """B3 in so many parts; `sponsored`: a campaign (B5) pays it all."""
    if product.pricing == GRADE:
        found = product.price.breakdown(grade, months, product.apr_cap_ppm)
    else:
        apr = offers.plan(_USUAL, months, product, _ON, grade).apr_ppm
        risk = product.price.risk(grade, months)
        found = formula.as_set(product.price.costs, risk, product.apr_cap_ppm, apr)
    return replace(found, campaign=-found.apr_ppm) if sponsored else found


def plans(product: Installments) -> list[Row]:
    """B3, every term and grade."""
    rows = []
    for months in product.terms:
        for grade in GRADES:
            found = of_plan(product, grade, months)
            refused = found.apr_ppm > product.apr_cap_ppm
            rows.append(Row(f"{months} months", grade, found, refused))
    return rows


def lines(line: Line) -> list[Row]:
    """B4, every grade it is opened for."""
    grades = [grade for grade in GRADES if line.rules.limits.get(grade)]
    return [Row("while owed", grade, line.breakdown(grade)) for grade in grades]


def of_sellers(terms: Terms, product: str) -> list[Row]:
    """S1 to S4, each at its usual length."""
    return {
        capital.TERM_LOAN: _loans,
        capital.ORDER_ADVANCE: _orders,
        capital.SALES_SHARE: _shares,
        capital.PAID_TODAY: _today,
    }[product](terms)


def _loans(terms: Terms) -> list[Row]:
    own = terms.term_loan
    return [
        Row(f"{n} months", grade, loan_rules.breakdown(grade, TYPICAL_PD[grade], n, own))
        for n in own.months
        for grade in own.grades
    ]


def _orders(terms: Terms) -> list[Row]:
    own = terms.order_advance
    days = f"{own.tenor_days} days"
    return [Row(days, grade, order_rules.breakdown(pd, own)) for grade, pd in TYPICAL_PD.items()]


def _shares(terms: Terms) -> list[Row]:
    own = terms.sales_share
    return [
        Row(f"{SHARE_DAYS} days", g, Targets(g, TYPICAL_PD[g], own).breakdown(SHARE_DAYS))
        for g in GRADES
        if own.apr_targets.get(g)
    ]


def _today(terms: Terms) -> list[Row]:
    own = terms.paid_today
    days = f"{own.expected_days} days"
    return [Row(days, grade, today_rules.breakdown(pd, own)) for grade, pd in TYPICAL_PD.items()]


def in_three(price: Breakdown) -> str:
    """`4.50 % money, 2.22 % risk, 4.18 % service`: what a borrower reads of a rate."""
    money, risk, service = (percent(part) for part in price.three())
    return f"{money} money, {risk} risk, {service} service"


def percent(ppm: int) -> str:
    """`7.36 %`, `−0.50 %`, to a hundredth, halves away from zero."""
    sign = "−" if ppm < 0 else ""
    hundredths = (abs(ppm) * 100 * 100 + MILLION // 2) // MILLION
    return f"{sign}{hundredths // 100}.{hundredths % 100:02d} %"
