"""One contract of every product, without database: what the lender sells, agreed on one day."""

from collections.abc import Callable
from datetime import date, timedelta

from core.money import Money
from finance.capital.terms import terms_of
from finance.contracts import building, conditions
from finance.contracts.building import Deal
from finance.contracts.contract import SELLER, Contract, Lender, Party, Purchase, Row
from finance.lending import schedules
from finance.lending.calendar import add_months
from finance.products import LateRule
from finance.products.shelf import B1, B2, B3

ON = date(2026, 11, 26)
LATE = LateRule()
CAPITAL = terms_of("CN")
RECEIPT = conditions.start_of(B3)
MALL = (Lender("借贷商城"),)


def deal(product: str, regime: str = "CN", lenders: tuple[Lender, ...] = MALL) -> Deal:
    return Deal(product, regime, "CNY", ON, Party(7, "林晓"), lenders)


def flat_rows(minor: int, months: int, monthly_ppm: int) -> list[Row]:
    return [
        Row(row.number, row.due_on, row.principal.minor, row.fee.minor)
        for row in schedules.flat_fee(Money(minor, "CNY"), months, monthly_ppm, ON)
    ]


def installments(regime: str = "CN", lenders: tuple[Lender, ...] = MALL) -> Contract:
    """3,600.00 in 12 at 0.5 % flat, from two shops."""
    return building.of_plan(
        deal("installments", regime, lenders),
        flat_rows(360_000, 12, 5_000),
        conditions.purchase(LATE, ON + timedelta(14), start=RECEIPT),
        purchases=[Purchase(1, "数码之家", 240_000), Purchase(2, "好物小店", 120_000)],
        monthly_ppm=5_000,
    )


def pay_in_30(regime: str = "CN") -> Contract:
    row = Row(1, ON + timedelta(30), 50_000, 0)
    clauses = conditions.purchase(LATE, None, start=conditions.start_of(B1))
    goods = [Purchase(1, "数码之家", 50_000)]
    return building.of_plan(deal("pay_in_30", regime), [row], clauses, purchases=goods)


def pay_in_4(regime: str = "CN") -> Contract:
    """100.00 now, then 3 × 100.00 every 14 days."""
    return building.of_plan(
        deal("pay_in_4", regime),
        [Row(n, ON + timedelta(14 * n), 10_000, 0) for n in (1, 2, 3)],
        conditions.purchase(LATE, None, start=conditions.start_of(B2), card=True),
        purchases=[Purchase(1, "数码之家", 40_000)],
        down_payment=10_000,
    )


def interest_free(regime: str = "CN") -> Contract:
    """600.00 in 6; the shop bears 18.00."""
    return building.of_plan(
        deal("interest_free", regime),
        flat_rows(60_000, 6, 0),
        (conditions.sponsored(), *conditions.purchase(LATE, None, start=RECEIPT)),
        purchases=[Purchase(1, "数码之家", 60_000)],
        seller_bears=1_800,
    )


def mall_credit(regime: str = "CN") -> Contract:
    clauses = conditions.line(LATE, None, 500, 20)
    return building.of_line(deal("mall_credit", regime), 500_000, 500, clauses)


def term_loan(regime: str = "CN") -> Contract:
    """60,000.00 in 3 equal parts of principal at 0.05 % a day."""
    days = [add_months(ON, n) for n in (0, 1, 2, 3)]
    rows, left = [], 6_000_000
    for n in (1, 2, 3):
        interest = left * 500 * (days[n] - days[n - 1]).days // 1_000_000
        rows.append(Row(n, days[n], 2_000_000, interest))
        left -= 2_000_000
    return building.of_plan(
        deal("term_loan", regime),
        rows,
        conditions.term_loan(CAPITAL.term_loan),
        side=SELLER,
        daily_ppm=500,
    )


def order_advance(regime: str = "CN") -> Contract:
    """12,000.00 on orders at 0.05 % a day."""
    clauses = conditions.order_advance(CAPITAL.order_advance)
    return building.of_order_advance(deal("order_advance", regime), 1_200_000, 500, clauses)


def early_settlement(regime: str = "CN") -> Contract:
    """900.00 of an order of 1,000.00 for 2.52, seven days."""
    clauses = conditions.paid_today(CAPITAL.paid_today)
    return building.of_sale(deal("early_settlement", regime), 90_000, 252, 7, clauses)


def sales_share(regime: str = "CN") -> Contract:
    """100,000.00 + 8,000.00 at 15 % of 2,600.00 a day: 277 days."""
    minimums = [(ON + timedelta(60 * n), 1_200_000 * n) for n in range(1, 10)]
    clauses = conditions.sales_share(CAPITAL.sales_share, 350_000, 277, minimums)
    whole = deal("sales_share", regime)
    return building.of_sales_share(whole, 10_000_000, 800_000, 150_000, 277, clauses)


EVERY: dict[str, Callable[[str], Contract]] = {
    "pay_in_30": pay_in_30,
    "pay_in_4": pay_in_4,
    "installments": installments,
    "mall_credit": mall_credit,
    "interest_free": interest_free,
    "term_loan": term_loan,
    "order_advance": order_advance,
    "sales_share": sales_share,
    "early_settlement": early_settlement,
}
REGIMES = ("CN", "EU", "UK", "US", "IN")
