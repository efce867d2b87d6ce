"""A feature that is bad at both ends: two lines, each true in its direction, found by the data."""

import json
from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finance.risk import scorecard
from finance.risk.engines.quick import Quick
from finance.risk.training import fitting, measures, shapes, table, training
from finance.risk.watch.rules import Counts

QUICK = fitting.Pace(bags=4, rounds=150)
ROWS = 6_000
LOANS = range(-1, 25)


def people() -> tuple[table.Table, np.ndarray]:
    """Six loans are best, fewer and more are worse; income only helps; luck says nothing."""
    chance = np.random.default_rng(11)
    loans, income = chance.integers(0, 21, ROWS), chance.gamma(2, 1_000, ROWS).round()
    luck = chance.normal(size=ROWS).round(3)
    none = chance.random(ROWS) < 0.04
    risk = np.where(loans < 6, 0.35 * (6 - loans), 0.16 * (loans - 6)) - income / 1_500
    risk = np.where(none, 1.0, risk) - 1
    bad = (chance.random(ROWS) < 1 / (1 + np.exp(-risk))).astype(np.int64)
    columns = {
        "loans": ["" if gap else str(n) for n, gap in zip(loans, none, strict=True)],
        "income": [f"{value:.0f}" for value in income],
        "luck": [str(value) for value in luck],
    }
    return table.Table(columns, bad, list(columns)), risk


@pytest.fixture(scope="module")
def trained() -> training.Trained:
    return training.train(people()[0], name="loans", pace=QUICK, folds=3)


@pytest.fixture(scope="module")
def card(trained: training.Trained) -> scorecard.Card:
    return scorecard.card_of(json.loads(json.dumps(trained.card)))


def test_each_end_has_a_line_of_its_own(trained: training.Trained, card: scorecard.Card) -> None:
    signs = {line.code: line.sign for line in card.lines}
    assert (signs["few loans"], signs["many loans"], signs["income"]) == ("+", "-", "+")
    assert len([line for line in card.lines if line.feature in ("income", "luck")]) <= 2
    few = next(line for line in card.lines if line.code == "few loans")
    best = [n for n in LOANS if n >= 0 and few.points(n * few.scale) == few.most]
    assert 5 <= min(best) <= 7
    assert trained.report["both_ends"] == ["loans"]


def test_nearly_all_that_can_be_known_is_found(trained: training.Trained) -> None:
    data, risk = people()
    assert trained.report["auc"] > measures.auc(data.bad, risk) - 0.012


@pytest.mark.parametrize("loans", LOANS)
def test_a_reason_moved_to_its_target_gives_exactly_its_points(
    card: scorecard.Card, loans: int
) -> None:
    """−1 is no value: its reason is that of the few, who have none to show."""
    scale = {line.feature: line.scale for line in card.lines}
    values = {"loans": None if loans < 0 else loans * scale["loans"], "income": 900, "luck": 0}
    reasons = [lost for lost in card.score(values).lost if lost.feature == "loans"]
    assert len(reasons) <= 1
    for lost in reasons:
        assert lost.code == ("few loans" if loans < 7 else "many loans")
        moved = 0
        line = next(each for each in card.lines if each.code == lost.code)
        for target in line.targets(values["loans"]):
            moved = card.raw({**values, "loans": target}) - card.raw(values)
            assert moved > 0
            if values["loans"] is not None:
                assert (target > values["loans"]) == (lost.code == "few loans")
        assert moved == lost.points


def test_every_reader_agrees(card: scorecard.Card) -> None:
    data, _ = people()
    everyone = np.ones(ROWS, dtype=bool)
    _, points, bins = training._fit(data, everyone, QUICK)
    raw, quick = points.of(bins), Quick(card)
    for row in range(0, ROWS, 11):
        values = {line.feature: line.whole(data.columns[line.feature][row]) for line in card.lines}
        assert card.raw(values) == raw[row]
        slow, fast = card.score(values), quick.score(values)
        assert slow.score == fast.score
        assert [lost.code for lost in slow.lost] == [lost[0] for lost in fast.lost]


def test_a_person_is_counted_once_for_both_ends(
    trained: training.Trained, card: scorecard.Card
) -> None:
    seen = Counts.from_data(trained.card["training"]).lines
    assert set(seen) == {line.feature for line in card.lines}
    assert {sum(counts) for counts in seen.values()} == {ROWS}


def test_the_same_rows_give_the_same_bytes(trained: training.Trained) -> None:
    again = training.train(people()[0], name="loans", pace=QUICK, folds=3)
    assert json.dumps(again.card) == json.dumps(trained.card)


@pytest.mark.parametrize("change", ["sign", "code", "bins", "overlap"])
def test_two_lines_that_contradict_each_other_are_no_card(
    trained: training.Trained, change: str
) -> None:
    wrong = deepcopy(trained.card)
    few, many = (line for line in wrong["lines"] if line["feature"] == "loans")
    if change == "bins":
        many["bins"] = many["bins"][1:]
    elif change == "overlap":
        many["bins"][0][1] += 40
        many["missing"] += 40
    else:
        many[change] = few[change]
    with pytest.raises(scorecard.BadCard):
        scorecard.card_of(wrong)


def test_noise_and_good_ends_do_not_turn() -> None:
    """What is good at both ends keeps one direction: "between" is no reason one can act on."""
    chance = np.random.default_rng(5)
    value, noise = chance.integers(0, 40, 4_000), chance.normal(size=4_000).round(2)
    risk = -0.006 * (value - 20) ** 2
    bad = (chance.random(4_000) < 1 / (1 + np.exp(-risk))).astype(np.int64)
    columns = {"value": [str(v) for v in value], "noise": [str(n) for n in noise]}
    data = table.Table(columns, bad, list(columns))
    found = training.train(data, name="hill", pace=QUICK, folds=2)
    assert found.report["both_ends"] == []


def test_few_numbers_bad_at_both_ends_stay_numbers() -> None:
    kind, place = np.repeat(np.arange(8), 100), np.tile(np.arange(100), 8)
    bad = (place < 20 + 12 * np.abs(kind - 3)).astype(np.int64)
    assert table.coding_of("k", [str(k) for k in kind], bad).words is None


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 9)), min_size=1, max_size=9))
def test_no_other_turn_changes_a_shape_less(pairs: list[tuple[int, int]]) -> None:
    shape, weight = np.array([p[0] for p in pairs]) * 1.0, np.array([p[1] for p in pairs])
    lost = [
        (weight * (shape - shapes.kept(shape, weight, shapes.Valley(turn))) ** 2).sum()
        for turn in range(len(shape) + 1)
    ]
    assert lost[shapes.turn_of(shape, weight).turn] <= min(lost) + 1e-6


def test_the_page_names_both_lines(trained: training.Trained, tmp_path: Path) -> None:
    from finance.risk.training import model_card

    page = model_card.as_markdown(trained.card, trained.report)
    assert "| few loans | + |" in page and "| many loans | - |" in page
    assert "Columns not used: none." in page and "| auc by part | 0." in page
