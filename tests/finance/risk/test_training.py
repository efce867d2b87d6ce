"""Cards fitted to outcomes: monotone, the same for the stdlib reader, honest about themselves."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from finance.risk import odds, scorecard
from finance.risk.training import calibrating, fitting, measures, prior, shapes, table, training

QUICK = fitting.Pace(bags=2, rounds=120)
ROWS = 2_400


def lines() -> tuple[list[str], list[list[str]]]:
    """People of whom more visits and a longer time help, debts hurt, a color means nothing."""
    chance = np.random.default_rng(7)
    visits, debts = chance.integers(0, 30, ROWS), chance.gamma(2, 500, ROWS).round(2)
    months = np.where(chance.random(ROWS) < 0.1, -9, chance.integers(0, 60, ROWS))
    color = chance.choice(["red", "green", "blue"], ROWS)
    home = chance.choice(["owns", "rents", "guest"], ROWS, p=[0.5, 0.4, 0.1])
    risk = -1.2 - 0.08 * visits + debts / 900 - 0.02 * months.clip(0)
    risk += np.select([home == "owns", home == "rents"], [-0.6, 0.2], 0.9)
    bad = chance.random(ROWS) < 1 / (1 + np.exp(-risk))
    months_text = ["" if chance.random() < 0.05 else str(m) for m in months]
    rows = [
        [str(number), str(v), str(d), m, c, h, "yes" if b else "no"]
        for number, (v, d, m, c, h, b) in enumerate(
            zip(visits, debts, months_text, color, home, bad, strict=True)
        )
    ]
    return ["id", "visits", "debts", "months", "color", "home", "late"], rows


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("training") / "people.csv"
    with found.open("w", newline="") as file:
        header, rows = lines()
        csv.writer(file).writerows([header, *rows])
    return found


@pytest.fixture(scope="module")
def data(path: Path) -> table.Table:
    return table.read(path, "late", "yes", ["id"])


@pytest.fixture(scope="module")
def trained(data: table.Table) -> training.Trained:
    return training.train(data, name="people", pace=QUICK, protected=["color"])


def test_a_card_ranks_people_it_has_not_seen(trained: training.Trained) -> None:
    report = trained.report
    assert report["auc"] > 0.74  # what the true odds reach is 0.77
    assert report["calibration_error"] < 0.04
    assert {group["name"] for group in report["fairness"]["color"]} == {"red", "green", "blue"}


def test_directions_are_found_and_kept(trained: training.Trained) -> None:
    signs = {line["feature"]: line["sign"] for line in trained.card["lines"]}
    assert (signs["visits"], signs["debts"], signs["months"]) == ("+", "-", "+")
    scorecard.card_of(trained.card)  # refuses points that go against their sign


def test_the_stdlib_reads_the_same_points(data: table.Table, trained: training.Trained) -> None:
    card = scorecard.card_of(json.loads(json.dumps(trained.card)))
    everyone = np.ones(len(data.bad), dtype=bool)
    _, points, bins = training._fit(data, everyone, QUICK)
    expected = points.of(bins)
    for row in range(0, ROWS, 7):
        values = {line.feature: line.whole(data.columns[line.feature][row]) for line in card.lines}
        assert card.raw(values) == expected[row]
        shown = calibrating.apply(card.calibration, expected[row : row + 1])[0]
        assert card.score(values).score == odds.clip(int(shown))


def test_a_code_is_no_small_number(trained: training.Trained) -> None:
    months = next(line for line in trained.card["lines"] if line["feature"] == "months")
    assert set(months["codes"]) == {"-9"}


def test_a_score_that_says_five_in_a_hundred_means_it(trained: training.Trained) -> None:
    for tenth in trained.report["tenths"]:
        assert abs(tenth["said"] - tenth["came"]) < 0.09


def test_the_same_rows_give_the_same_card(data: table.Table, trained: training.Trained) -> None:
    again = training.train(data, name="people", pace=QUICK, protected=["color"])
    assert again.card == trained.card


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 20)), min_size=1, max_size=12))
def test_monotone_keeps_the_weighted_mean(pairs: list[tuple[int, int]]) -> None:
    shape, weight = np.array([p[0] for p in pairs]) * 1.0, np.array([p[1] for p in pairs])
    for way in (shapes.UP, shapes.DOWN):
        found = shapes.monotone(shape, weight, way)
        assert (way * np.diff(found) >= -1e-9).all()
        assert abs((found * weight).sum() - (shape * weight).sum()) < 1e-5


def test_auc_counts_ties_by_half() -> None:
    bad, risk = np.array([1, 0, 1, 0]), np.array([3, 2, 2, 1])
    assert measures.auc(bad, risk) == (1 + 1 + 0.5 + 1) / 4
    assert measures.ks(bad, risk) == 0.5


def test_psi_sees_another_population() -> None:
    before = np.arange(1_000)
    assert measures.psi(before, before) < 1e-9
    assert measures.psi(before, before + 400) > 0.25


def test_few_outcomes_hardly_turn_the_expert() -> None:
    chance = np.random.default_rng(3)
    points = chance.integers(0, 60, (4_000, 3))
    truth = 1.0 - 0.0139 * (2.0 * points[:, 0] + points[:, 1])  # the third says nothing
    bad = (chance.random(4_000) < 1 / (1 + np.exp(-truth))).astype(int)
    few = prior.turn(points[:40], 1.0, bad[:40]).weights
    many = prior.turn(points, 1.0, bad).weights
    assert all(abs(weight - 1) < 0.6 for weight in few)
    assert many[0] > 1.6
    assert many[2] < 0.3
    assert min(many) >= 0


def test_outcomes_far_from_what_the_expert_said_do_not_run_away() -> None:
    # the expert gives everybody 200 points more than six of twelve bad ones are worth
    points = np.array([[30, 170]] * 12 + [[60, 170]] * 12)
    bad = np.array([1, 0] * 6 + [1] + [0] * 11)
    found = prior.turn(points, -np.log(20), bad)
    raw = found.shift - (points * np.array(found.weights)).sum(axis=1) * np.log(2) / 50
    said = 1 / (1 + np.exp(-raw))
    assert 0.1 < said[-1] < said[0] < 0.6
    assert all(0 <= weight < 3 for weight in found.weights)


@pytest.mark.parametrize(
    ("target", "positive", "drop", "says"),
    [
        ("lat", "yes", [], "no column lat"),
        ("late", "maybe", [], "late must hold maybe"),
        ("late", "yes", ["shoe"], "no column shoe"),
    ],
)
def test_bad_input_is_named(
    path: Path, target: str, positive: str, drop: list[str], says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        table.read(path, target, positive, drop)


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,late\n1,yes\n2\n")
    with pytest.raises(InvalidInput, match="Line 3 has 1 values, the header 2"):
        table.read(tmp_path / "a.csv", "late", "yes")


def test_the_command_says_what_is_wrong(app: Flask, path: Path) -> None:
    run = app.test_cli_runner().invoke
    asked = ["risk", "train", "--csv", str(path), "--target", "lat", "--positive", "yes"]
    answer = run(args=asked)
    assert answer.exit_code == 2
    assert "no column lat. It has: id, visits" in answer.output


def test_words_are_held_by_the_people_behind_them() -> None:
    """Sixty words that matter beside sixty that do not: most of what can be known is found."""
    chance = np.random.default_rng(3)
    risk = chance.normal(size=60) * 0.6
    says, noise = chance.integers(0, 60, 1_500), chance.integers(0, 60, 1_500)
    bad = (chance.random(1_500) < 1 / (1 + np.exp(1 - risk[says]))).astype(int)
    columns = {"says": [f"w{n}" for n in says], "noise": [f"v{n}" for n in noise]}
    words = table.Table(columns, bad, list(columns))
    auc = training.train(words, name="words", pace=QUICK).report["auc"]
    best = measures.auc(bad, risk[says])
    assert auc - 0.5 > 0.65 * (best - 0.5)


def test_straight_lines_serve_a_small_file() -> None:
    """Four hundred people, six even effects: nearly what knowing the truth would rank."""
    chance = np.random.default_rng(4)
    x = chance.normal(size=(400, 6))
    odds = x @ np.array([0.9, -0.7, 0.6, 0.5, 0.4, 0.3])
    bad = (chance.random(400) < 1 / (1 + np.exp(-odds))).astype(int)
    columns = {f"x{j}": [f"{value:.4f}" for value in x[:, j]] for j in range(6)}
    few = table.Table(columns, bad, list(columns))
    auc = training.train(few, name="few", pace=QUICK).report["auc"]
    assert auc > measures.auc(bad, odds) - 0.025
