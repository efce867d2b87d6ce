"""Advances tried on shops that open, grow, fall silent: nothing later is known, less is lost."""

import csv
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from flask import Flask

from core.errors import InvalidInput
from finance.risk.capacity import backtest, features, model, panel, policies, reporting
from finance.risk.capacity.policies import Question

TERM, WEEKS = 90, 104
BEGIN = date(2024, 1, 1)


def write(path: Path, rows: list[list[object]]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([[*panel.NEEDED], *rows])
    return path


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four hundred shops by the week; a quarter of them are of the kind that gives up soon."""
    chance = np.random.default_rng(11)
    rows: list[list[object]] = []
    for seller in range(400):
        opened = int(chance.integers(0, 80))
        short = chance.random() < 0.4
        closed = opened + 1 + int(chance.exponential(14 if short else 300))
        trade = chance.lognormal(0.0 if short else 1.6, 0.8)
        for week in range(opened, min(WEEKS, closed)):
            orders = chance.poisson(trade)
            if orders:
                start = BEGIN + timedelta(7 * week)
                sales = round(orders * chance.lognormal(4, 0.4), 2)
                rows.append([seller, start, start + timedelta(6), orders, sales])
    return write(tmp_path_factory.mktemp("sales") / "sales.csv", rows)


@pytest.fixture(scope="module")
def sales(file: Path) -> panel.Panel:
    return panel.read(file)


def asked(sales: panel.Panel, day: int, share: float = 0.3) -> Question:
    known = features.known(sales, day, TERM)
    budget = share * 0.2 * known.base.sum()
    return Question(sales.known(day), day, TERM, 0.2, known.seller, budget, {})


def test_the_shipped_policy_loses_far_less(sales: panel.Panel) -> None:
    cutoffs = tuple(backtest.cutoffs_of(sales, TERM))
    loss = {
        name: backtest.Trial(sales, policies.named(name), TERM, 0.2, cutoffs).lent(0.3)
        for name in ("naive", "shipped")
    }
    assert loss["shipped"].loss < 0.7 * loss["naive"].loss
    assert loss["shipped"].advanced == pytest.approx(loss["shipped"].budget, rel=1e-6)


def test_nothing_later_is_known(sales: panel.Panel) -> None:
    day = backtest.cutoffs_of(sales, TERM)[0]
    later = sales.stop > day
    other = replace(sales, sales=np.where(later, 1e6, sales.sales))
    before, after = asked(sales, day), asked(other, day)
    assert (policies.shipped(before) == policies.shipped(after)).all()
    assert (policies.naive(before) == policies.naive(after)).all()


def test_more_sales_never_mean_a_smaller_advance(sales: panel.Panel) -> None:
    day = backtest.cutoffs_of(sales, TERM)[-1]
    forecast = model.Forecast.learn(sales, day, TERM)
    lately = (sales.stop <= day) & (sales.start >= day - 28)
    more = replace(
        sales,
        sales=np.where(lately, sales.sales * 1.5, sales.sales),
        orders=np.where(lately, sales.orders * 1.5, sales.orders),
    )
    here = forecast.distribution(features.known(sales, day, TERM)).quantile(0.2)
    there = forecast.distribution(features.known(more, day, TERM)).quantile(0.2)
    grown = there >= here * 0.999
    assert grown.mean() > 0.97


def test_every_seller_stands_at_the_same_quantile(sales: panel.Panel) -> None:
    day = backtest.cutoffs_of(sales, TERM)[-1]
    known = features.known(sales, day, TERM)
    found = model.Forecast.learn(sales, day, TERM).distribution(known)
    advances = policies.share_out(found, 0.2, 5_000.0)
    assert advances.sum() == pytest.approx(5_000.0, rel=1e-6)
    level = next(q for q in np.linspace(0, 1, 1_000_001) if 0.2 * found.quantile(q).sum() >= 5_000)
    assert np.allclose(advances, 0.2 * found.quantile(level), rtol=0.05, atol=0.5)


def test_without_a_past_the_expected_weights_serve(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        [seller, BEGIN + timedelta(7 * week), BEGIN + timedelta(7 * week + 6), orders, orders * 50]
        for seller, orders in ((1, 1), (2, 20))
        for week in range(13)
    ]
    young = panel.read(write(tmp_path / "young.csv", rows))
    day = int(young.stop.max())
    known = features.known(young, day, TERM)
    shares = model.Forecast.learn(young, day, TERM).distribution(known).quantile(0.15) / known.base
    assert shares[1] > shares[0]


def test_windows_take_their_share_of_a_period(tmp_path: Path) -> None:
    rows: list[list[object]] = [["a", "2024-01-01", "2024-03-30", 9, 900.0]]
    quarter = panel.read(write(tmp_path / "quarter.csv", rows))
    begin = panel.day_number("2024-01-01")
    assert quarter.total(quarter.sales, begin, begin + 30)[0] == pytest.approx(300.0)
    assert quarter.total(quarter.sales, begin - 30, begin)[0] == 0
    assert len(quarter.known(begin + 89).sales) == 0
    assert len(quarter.known(begin + 90).sales) == 1


def test_ends_may_be_the_next_start(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["a", "2024-01-01", "2024-01-08", 1, 10.0],
        ["a", "2024-01-08", "2024-01-15", 1, 10.0],
        ["a", "2024-01-15", "2024-01-22", 1, 10.0],
    ]
    weeks = panel.read(write(tmp_path / "weeks.csv", rows))
    assert (weeks.stop - weeks.start == 7).all()


def test_parquet_reads_the_same(file: Path, sales: panel.Panel, tmp_path: Path) -> None:
    import pyarrow.csv
    import pyarrow.parquet

    pyarrow.parquet.write_table(pyarrow.csv.read_csv(file), tmp_path / "sales.parquet")
    again = panel.read(tmp_path / "sales.parquet")
    assert (np.sort(again.sales) == np.sort(sales.sales)).all()


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([["a", "2024-01-01", "2023-12-01", 1, 1]], "period_end is before"),
        ([["a", "2024-13-01", "2024-12-01", 1, 1]], "Line 2: period_start cannot be '2024-13-01'"),
        ([["a", "2024-01-01", "2024-01-07", "x", 1]], "Line 2: orders cannot be 'x'"),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, rows: list[list[object]], says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        panel.read(write(tmp_path / "bad.csv", rows))


def test_the_command_reports_and_takes_a_policy(app: Flask, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    words = ["capital", "backtest", "--sales", str(file), "--budget-share", "0.3"]
    words += ["--policy", "naive", "--policy", f"{__name__}:half", "--report", str(out)]
    answer = app.test_cli_runner().invoke(args=words)
    assert answer.exit_code == 0, answer.output
    found = json.loads(out.read_text())["policies"]
    assert found[f"{__name__}:half"]["by_budget_share"]["0.3"]["used_of_budget"] == 0.5
    assert found["naive"]["by_budget_share"]["0.3"]["loss_percent"] > 0


def half(question: Question) -> np.ndarray:
    """Half of the budget, the same to everyone."""
    return np.full(len(question.sellers), question.budget / 2 / len(question.sellers))


def test_the_command_says_what_is_wrong(app: Flask, file: Path) -> None:
    words = ["capital", "backtest", "--sales", str(file), "--cutoffs", "soon"]
    answer = app.test_cli_runner().invoke(args=words)
    assert (answer.exit_code, "'soon' is no date" in answer.output) == (2, True)
    with pytest.raises(InvalidInput, match=r"no policy a\.b:c"):
        reporting._policy("a.b:c")
