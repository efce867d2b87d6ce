"""Files of sales with odd shapes, and slips in what is asked: a figure, or a sentence and exit 2."""

import csv
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from flask import Flask

from core.errors import InvalidInput
from finance.risk.capacity import cells, features, model, panel
from finance.risk.capacity.policies import Question

STARTS = [date(2023 + n // 4, n % 4 * 3 + 1, 1) for n in range(9)]
Rows = list[list[object]]


def quarters(sellers: int, count: int = 8, scale: float = 1.0) -> Rows:
    chance = np.random.default_rng(3)
    return [
        [f"s{seller}", f"{start.year}-Q{start.month // 3 + 1}", f"{start.year}-Q{start.month // 3 + 1}",
         int(chance.integers(1, 30)), round(float(chance.gamma(2, 100)) * scale, 6)]
        for seller in range(sellers)
        for start in STARTS[:count]
    ]  # fmt: skip


def write(folder: Path, rows: Rows, more: Sequence[str] = ()) -> Path:
    path = folder / "sales.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([[*panel.NEEDED, *more], *rows])
    return path


def told(app: Flask, path: Path, *words: str) -> tuple[int, str]:
    args = ["capital", "backtest", "--sales", str(path), "--budget-share", "0.3", *words]
    answer = app.test_cli_runner().invoke(args=args)
    return answer.exit_code, answer.output


@pytest.mark.parametrize("sellers", [1, 2, 40])
@pytest.mark.parametrize("count", [3, 8])
@pytest.mark.parametrize("scale", [1e-4, 1e9])
def test_few_sellers_few_quarters_any_currency(
    app: Flask, tmp_path: Path, sellers: int, count: int, scale: float
) -> None:
    out = tmp_path / "out.json"
    path = write(tmp_path, quarters(sellers, count, scale))
    assert told(app, path, "--report", str(out))[0] == 0
    found = json.loads(out.read_text())
    assert len(found["cutoffs"]) == (1 if count == 3 else 4)
    for of in found["policies"].values():
        assert 0 <= of["by_budget_share"]["0.3"]["loss_percent"] <= 100


def test_gaps_refunds_and_doubles(app: Flask, tmp_path: Path) -> None:
    rows = quarters(30)
    rows = [[*row[:4], -row[4] if n % 5 == 0 else row[4]] for n, row in enumerate(rows) if n % 7]  # type: ignore[operator]
    assert told(app, write(tmp_path, rows + rows[:20]))[0] == 0


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (quarters(9, 2), "too short"),
        ([[*row[:4], 0] for row in quarters(9)], "Nobody sold anything"),
        ([["", *row[1:]] for row in quarters(9)], "Line 2: seller_id cannot be ''"),
        ([[*row[:4], "inf"] for row in quarters(9)], "Line 2: net_sales cannot be 'inf'"),
        ([[*row[:4], "some"] for row in quarters(9)], "Line 2: net_sales cannot be 'some'"),
    ],
)
def test_what_cannot_be_read_is_said(app: Flask, tmp_path: Path, rows: Rows, says: str) -> None:
    code, said = told(app, write(tmp_path, rows))
    assert (code, says in said) == (2, True), said


def failing(question: Question) -> np.ndarray:
    raise LookupError("no such shop")


def endless(question: Question) -> np.ndarray:
    return np.full(len(question.sellers), np.nan)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--loss", "nan"], "The loss is a per cent"),
        (["--loss", "101"], "The loss is a per cent"),
        (["--remittance", "20"], "The remittance is a share"),
        (["--budget-share", "30%"], "Budget shares are numbers"),
        (["--cutoffs", ","], "There is no cut-off"),
        (["--cutoffs", "2020-01-01"], "Nothing was sold in the 90 days before 2020-01-01"),
        (["--cutoffs", "2025-01-01"], "No sales are known after 2025-01-01"),
        (["--report", "/no/such/folder/out.json"], "There is no folder /no/such/folder"),
        (["--policy", f"{__name__}:failing"], "The policy failed: LookupError: no such shop"),
        (["--policy", f"{__name__}:endless"], "one advance for each active seller"),
    ],
)
def test_slips_are_said(app: Flask, tmp_path: Path, words: list[str], says: str) -> None:
    code, said = told(app, write(tmp_path, quarters(9)), *words)
    assert (code, says in said) == (2, True), said


def test_cut_offs_that_say_less_are_noted(app: Flask, tmp_path: Path) -> None:
    path = write(tmp_path, quarters(9))
    code, said = told(app, path, "--cutoffs", "2024-05-15, 2024-12-01,2024-Q2,2024-07-01")
    assert code == 0
    assert "2024-05-15 lies inside a period" in said
    assert "The file ends 59 days before the term from 2024-12-01 does" in said
    assert "cut-offs 2024-05-15, 2024-07-01, 2024-12-01" in said


@pytest.mark.parametrize(
    ("written", "means"),
    [
        (["1,234.50", "R$ 12.50", "-$3", "1e3", "NA"], [1234.5, 12.5, -3, 1000, 0]),
        (["1.234,50", "12,5", "-7", "", "€ 2"], [1234.5, 12.5, -7, 0, 2]),
    ],
)
def test_amounts_as_people_write_them(written: list[str], means: list[float]) -> None:
    assert cells.amounts(written, "net_sales").tolist() == means


def test_a_late_share_may_be_in_per_cent() -> None:
    assert cells.shares(["12 %", "0", "50"], "late_share").tolist() == [0.12, 0.0, 0.5]
    assert cells.shares([0.12, 1.0], "late_share").tolist() == [0.12, 1.0]
    with pytest.raises(InvalidInput, match=r"Line 2: late_share cannot be '\(3\)'"):
        cells.shares(["(3)"], "late_share")


def test_quarters_of_every_length_are_terms_of_their_own(tmp_path: Path) -> None:
    """Who sold in one quarter of 92 days sold in one term, not in two that share two days."""
    rows: Rows = [["new", "2024-Q3", "2024-Q3", 4, 40], *quarters(5, 7)]
    sales = panel.read(write(tmp_path, rows))
    day = panel.day_number("2024-10-01")
    known = features.known(sales, day, 90)
    new = known.x[sales.sellers.index("new")]
    assert features.edges(sales, day, 90)[:3] == [day, day - 92, day - 183]
    assert new[features.NAMES.index("steady")] == 1.0
    assert new[features.NAMES.index("growth")] == 0.0


def test_the_first_sale_that_is_told_makes_the_age_exact(tmp_path: Path) -> None:
    rows: Rows = [["a", "2024-Q3", "2024-Q3", 4, 40, "2024-09-20"]]
    rows += [["b", q, q, 4, 40, "2024-09-20"] for q in ("2024-Q1", "2024-Q3")]
    sales = panel.read(write(tmp_path, rows, ["first_sale_on"]))
    first = [panel.date_of(int(day)) for day in sales.first]
    assert first == [date(2024, 9, 20), date(2024, 1, 1)]  # b sold a whole quarter before


def test_shops_of_a_failing_category_get_less(tmp_path: Path) -> None:
    """Same sales each quarter; of toys half give up each quarter, of books nobody does."""
    rows: Rows = []
    for category, goes in (("toys", True), ("books", False)):
        for shop in range(160):
            opened = shop % 4 * 2
            closed = opened + 1 + (shop // 4 % 4) if goes else 8
            rows += [
                [f"{category}{shop}", f"{start.year}-Q{start.month // 3 + 1}",
                 f"{start.year}-Q{start.month // 3 + 1}", 9, 90, category]
                for start in STARTS[opened : min(closed, 8)]
            ]  # fmt: skip
    day = panel.day_number("2025-01-01")
    shares = []
    for more in (["category"], []):
        lines = rows if more else [row[:5] for row in rows]
        sales = panel.read(write(tmp_path, lines, more))
        known = features.known(sales, day, 90)
        found = model.Forecast.learn(sales, day, 90).distribution(known).quantile(0.2) / known.base
        young = sales.first[known.seller] == panel.day_number("2024-07-01")
        toys = np.array([sales.sellers[seller].startswith("toys") for seller in known.seller])
        shares.append((found[young & toys].mean(), found[young & ~toys].mean()))
    (toys_told, books_told), (toys_not, books_not) = shares
    assert books_told > toys_told + 0.1
    assert books_not == pytest.approx(toys_not)
