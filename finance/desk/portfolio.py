"""The portfolio page's figures and drawings."""

from dataclasses import dataclass
from typing import Any

from core import clock
from finance.desk import queries, rules
from finance.desk.rules import Contract

NAMES = {
    "installments": "Installments",
    "pay_in_30": "In 30 days",
    "pay_in_4": "In 4",
    "mall_credit": "Mall credit",
    "order_advance": "Order advance",
    "sales_share": "Sales share",
    "early_settlement": "Paid today",
    "term_loan": "Term loan",
}
_SERIES_MAX = 8


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the chart component wants: an option, and the same numbers as a table."""

    option: dict[str, Any]
    columns: list[Any]
    rows: list[list[Any]]


@dataclass(frozen=True, slots=True)
class Portfolio:
    outstanding: int
    contracts: int
    expected_loss: int
    par: tuple[tuple[int, int], ...]
    lost_ppm: int
    grades: Drawing
    par_by_product: Drawing
    vintages: Drawing
    approvals: Drawing


def portfolio() -> Portfolio:
    """All figures as of today."""
    book, today = queries.whole_book(), clock.today()
    lent = sum(c.principal for c in book)
    return Portfolio(
        outstanding=rules.outstanding(book),
        contracts=sum(c.is_running for c in book),
        expected_loss=rules.expected_loss(book),
        par=tuple((days, rules.par_ppm(book, days, today)) for days in (30, 60, 90)),
        lost_ppm=rules.ratio_ppm(sum(c.principal for c in book if c.lost_on), lent),
        grades=_grades(book),
        par_by_product=_par(book),
        vintages=_vintages(book),
        approvals=_approvals(),
    )


def _hundredths(ppm: int) -> str:
    """Millionths as a percentage with two decimals, `3.45`."""
    hundredths = (ppm + 50) // 100
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _bars(names: list[str], series: dict[str, list[Any]], *, stacked: bool) -> dict[str, Any]:
    return {
        "xAxis": {"type": "category", "data": names},
        "yAxis": {"type": "value"},
        "series": [
            {"type": "bar", "name": name, "data": values} | ({"stack": "all"} if stacked else {})
            for name, values in series.items()
        ],
    }


def _grades(book: list[Contract]) -> Drawing:
    table = rules.by_product_and_grade(book)
    names = [NAMES.get(product, product) for product in table]
    series = {grade: [row[grade] for row in table.values()] for grade in "ABCDE"}
    rows = [
        [name, *(f"{row[g] // 100:,}" for g in "ABCDE")]
        for name, row in zip(names, table.values(), strict=True)
    ]
    columns = ["Product", *((f"Grade {g}", "num") for g in "ABCDE")]
    return Drawing(_bars(names, series, stacked=True), columns, rows)


def _par(book: list[Contract]) -> Drawing:
    today = clock.today()
    products = sorted({c.product for c in book})
    groups = [[c for c in book if c.product == product] for product in products]
    series = {
        f"PAR{days}": [rules.par_ppm(group, days, today) for group in groups]
        for days in (30, 60, 90)
    }
    names = [NAMES.get(product, product) for product in products]
    rows = [
        [name, *(f"{_hundredths(values[i])} %" for values in series.values())]
        for i, name in enumerate(names)
    ]
    return Drawing(
        _bars(names, series, stacked=False), ["Product", *((n, "num") for n in series)], rows
    )


def _vintages(book: list[Contract]) -> Drawing:
    found = rules.vintages(book, clock.today())[-_SERIES_MAX:]
    longest = max((len(v.lost_ppm) for v in found), default=1)
    months = [str(month) for month in range(longest)]
    option = {
        "xAxis": {"type": "category", "data": months, "name": "months since payout"},
        "yAxis": {"type": "value"},
        "series": [{"type": "line", "name": v.name, "data": list(v.lost_ppm)} for v in found],
    }
    rows = [
        [v.name, *(f"{_hundredths(p)} %" for p in v.lost_ppm), *[""] * (longest - len(v.lost_ppm))]
        for v in found
    ]
    return Drawing(option, ["Began in", *((f"Month {m}", "num") for m in months)], rows)


def _approvals() -> Drawing:
    counts = queries.approvals()
    months = sorted({month for month, *_ in counts})[-12:]
    known = {(month, subject): (n, yes) for month, subject, n, yes in counts}
    series: dict[str, list[Any]] = {}
    for subject, name in (("buyer", "Shoppers"), ("seller", "Sellers")):
        found = [known.get((month, subject), (0, 0)) for month in months]
        series[name] = [rules.ratio_ppm(yes, n) if n else None for n, yes in found]
    rows = []
    for month in months:
        line: list[Any] = [month]
        for subject in ("buyer", "seller"):
            n, yes = known.get((month, subject), (0, 0))
            line += [f"{yes:,} of {n:,}", f"{_hundredths(rules.ratio_ppm(yes, n))} %"]
        rows.append(line)
    columns = ["Month", ("Shoppers", "num"), ("Share", "num"), ("Sellers", "num"), ("Share", "num")]
    return Drawing(_bars(months, series, stacked=False), columns, rows)
