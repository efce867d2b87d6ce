"""Contracts made from a shopper's plan or a shop's advance, and checked against their own flows; pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from core.money import MILLION, Rounding, round_fraction
from finance.contracts import rates
from finance.contracts.contract import (
    BUYER,
    SELLER,
    Clause,
    Contract,
    Fee,
    Flow,
    Lender,
    Party,
    Purchase,
    Rates,
    Row,
    Untrue,
)
from finance.lending.calendar import add_months

TYPICAL_DAYS = 10  # an order advance is estimated as repaid in one payment after so many days
LINE_MONTHS = 12  # a line of credit is estimated as drawn at once and repaid in so many months


@dataclass(frozen=True, slots=True)
class Deal:
    """What every contract needs: who with whom, under which rules, in which money, from when."""

    product: str
    regime: str
    currency: str
    on: date
    borrower: Party
    lenders: tuple[Lender, ...]


def of_plan(
    deal: Deal,
    rows: Sequence[Row],
    clauses: Iterable[Clause],
    *,
    side: str = BUYER,
    purchases: Sequence[Purchase] = (),
    down_payment: int = 0,
    monthly_ppm: int = 0,
    yearly_ppm: int = 0,
    daily_ppm: int = 0,
    seller_bears: int = 0,
) -> Contract:
    """Rows agreed beforehand: B1, B2, B3, B5, and a shop's term loan (S1, `side` seller).

    seller_bears   the price a shop pays so that the shopper need not, minor units
    """
    fees = [Fee("credit", "row", sum(row.fee for row in rows))]
    if seller_bears:
        fees.append(Fee("subsidy", "start", seller_bears, SELLER))
    principal = sum(row.principal for row in rows)
    return _sealed(
        deal,
        side=side,
        principal=principal,
        flows=(Flow(deal.on, -principal), *(Flow(row.due_on, row.payment) for row in rows)),
        rows=tuple(rows),
        fees=tuple(fees),
        clauses=tuple(clauses),
        purchases=tuple(purchases),
        down_payment=down_payment,
        monthly_ppm=monthly_ppm,
        yearly_ppm=yearly_ppm,
        daily_ppm=daily_ppm,
    )


def of_line(
    deal: Deal,
    limit: int,
    daily_ppm: int,
    clauses: Iterable[Clause],
    purchases: Sequence[Purchase] = (),
) -> Contract:
    """A line of credit (B4), as if all of it were drawn at once and repaid in twelve months.

    purchases   of one draw on it; the whole line has none yet
    """
    parts = [limit // LINE_MONTHS] * LINE_MONTHS
    parts[-1] += limit - sum(parts)
    left, before, flows, price = limit, deal.on, [Flow(deal.on, -limit)], 0
    for month, part in enumerate(parts, 1):
        day = add_months(deal.on, month)
        interest = _by_day(left, daily_ppm, (day - before).days)
        flows.append(Flow(day, part + interest))
        price, left, before = price + interest, left - part, day
    return _sealed(
        deal,
        side=BUYER,
        principal=limit,
        flows=tuple(flows),
        fees=(Fee("interest", "time", price),),
        clauses=tuple(clauses),
        purchases=tuple(purchases),
        daily_ppm=daily_ppm,
        estimate=Clause.of("estimate", "estimate.line", months=LINE_MONTHS),
    )


def of_order_advance(
    deal: Deal,
    amount: int,
    daily_ppm: int,
    clauses: Iterable[Clause],
    purchases: Sequence[Purchase] = (),
) -> Contract:
    """An advance on orders (S2), as if all of it were repaid in one payment after ten days."""
    interest = _by_day(amount, daily_ppm, TYPICAL_DAYS)
    back = Flow(deal.on + timedelta(TYPICAL_DAYS), amount + interest)
    a_day = _by_day(amount, daily_ppm, 1)
    return _sealed(
        deal,
        side=SELLER,
        principal=amount,
        flows=(Flow(deal.on, -amount), back),
        fees=(Fee("interest", "time", interest),),
        clauses=tuple(clauses),
        purchases=tuple(purchases),
        daily_ppm=daily_ppm,
        estimate=Clause.of("estimate", "estimate.days", days=TYPICAL_DAYS, a_day=a_day),
    )


def of_sale(
    deal: Deal,
    advance: int,
    fee: int,
    days: int,
    clauses: Iterable[Clause],
    purchases: Sequence[Purchase] = (),
) -> Contract:
    """An order paid today (S4): the fee is kept back, the order's own money repays it in `days`."""
    return _sealed(
        deal,
        side=SELLER,
        principal=advance,
        flows=(Flow(deal.on, fee - advance), Flow(deal.on + timedelta(days), advance)),
        fees=(Fee("fixed", "start", fee),),
        clauses=tuple(clauses),
        purchases=tuple(purchases),
        estimate=Clause.of("estimate", "estimate.receipt", days=days),
    )


def of_sales_share(
    deal: Deal, amount: int, fee: int, share_ppm: int, days: int, clauses: Iterable[Clause]
) -> Contract:
    """A share of sales (S3), repaid in equal daily parts for as long as the forecast says.

    100,000.00 + 8,000.00 in 277 days: 276 × 389.90, the last 387.60.
    """
    owed = amount + fee
    a_day = round_fraction(Fraction(owed, days), Rounding.UP)
    full, last = divmod(owed, a_day)
    parts = [a_day] * full + ([last] if last else [])
    back = [Flow(deal.on + timedelta(day), part) for day, part in enumerate(parts, 1)]
    sales = round_fraction(Fraction(owed * 30 * MILLION, days * share_ppm))
    return _sealed(
        deal,
        side=SELLER,
        principal=amount,
        flows=(Flow(deal.on, -amount), *back),
        fees=(Fee("fixed", "once", fee),),
        clauses=tuple(clauses),
        share_ppm=share_ppm,
        estimate=Clause.of("estimate", "estimate.sales", days=days, a_day=a_day, sales=sales),
    )


def of_price(
    deal: Deal, order: Purchase, price: int, clauses: Iterable[Clause], campaign: bool = False
) -> Contract:
    """What a shop pays (minor units) for the plan that pays an order of its: B1, B2, or B5.

    deal   `borrower` is the shop; nobody lends it anything, so no money has a day
    """
    kind = "subsidy" if campaign else "plan_price"
    return _sealed(
        deal,
        side=SELLER,
        principal=order.amount,
        flows=(),
        fees=(Fee(kind, "settlement", price, SELLER),),
        clauses=tuple(clauses),
        purchases=(order,),
    )


def _by_day(amount: int, daily_ppm: int, days: int) -> int:
    return round_fraction(Fraction(amount * daily_ppm * days, MILLION))


def _sealed(deal: Deal, *, flows: tuple[Flow, ...], **said: Any) -> Contract:
    """The contract with the yearly rates of its flows; raises Untrue where its parts disagree."""
    made = Contract(
        product=deal.product,
        regime=deal.regime,
        currency=deal.currency,
        on=deal.on,
        borrower=deal.borrower,
        lenders=deal.lenders,
        flows=flows,
        rates=Rates(0, 0, 0),
        **said,
    )
    made = replace(made, rates=rates.of(flows))
    check(made)
    return made


def check(contract: Contract) -> None:
    """Raise Untrue unless rows, fees, shares, purchases and rates agree with the flows."""
    for name, holds in _truths(contract):
        if not holds:
            raise Untrue(f"a contract of {contract.product} whose {name} do not agree")


def _truths(contract: Contract) -> list[tuple[str, bool]]:
    paid = sum(fee.amount for fee in contract.fees if fee.paid_by == "borrower")
    bought = sum(purchase.amount for purchase in contract.purchases)
    rows = [Flow(row.due_on, row.payment) for row in contract.rows]
    return [
        ("rows and payments", not rows or rows == list(contract.payments)),
        ("fees and cost", contract.cost == paid),
        ("shares of the lenders", sum(lender.share_ppm for lender in contract.lenders) == MILLION),
        (
            "purchases and principal",
            contract.side != BUYER
            or not bought
            or bought == contract.principal + contract.down_payment,
        ),
        ("rates and flows", contract.rates == rates.of(contract.flows)),
    ]
