"""The watch's figures, by hand."""

import numpy as np
import pytest

from finance.risk import scorecard
from finance.risk.training import measures
from finance.risk.watch import rules
from finance.risk.watch.rules import CALM, STOP, WATCH, Counts, Finding, Limits, Matured
from tests.finance.risk.watch.limits import limits


def test_psi_of_two_halves_that_become_40_and_60():
    # (0.4 − 0.5)·ln 0.8 + (0.6 − 0.5)·ln 1.2 = 0.022314 + 0.018232
    assert rules.psi_ppm([50, 50], [40, 60]) == 40_547
    assert rules.psi_ppm([50, 50], [500, 500]) == 0
    assert rules.psi_ppm([0, 0], [1, 2]) == 0
    # nobody is left in a cell: it counts as one in ten thousand
    # (0.0001 − 0.5)·ln 0.0002 + (1 − 0.5)·ln 2 = 4.257745 + 0.346574
    assert rules.psi_ppm([50, 50], [0, 100]) == 4_604_318


def test_psi_is_the_trainers():
    before, after = [10] * 10, [5, 15] * 5
    people = [np.repeat(np.arange(10), counts) for counts in (before, after)]
    by_numpy = measures.psi(*people)
    assert abs(rules.psi_ppm(before, after) - by_numpy * 1_000_000) < 2
    # (0.2 − 0.3)·ln(2/3) + (0.45 − 0.5)·ln 0.9 + (0.35 − 0.2)·ln 1.75 = 0.040547 + 0.005268 + 0.083942
    assert rules.psi_ppm([30, 50, 20], [20, 45, 35]) == 129_757


def test_bands_and_cells():
    assert [rules.band(score) for score in (350, 399, 400, 899, 900, 950)] == [0, 0, 1, 10, 11, 11]
    assert rules.BANDS == 12
    line = scorecard.load("buyer_expert_1").lines[0]  # bins below 1, 2, 3, 6, 12, and the rest
    found = [rules.cell(line, value) for value in (None, 0, 1, 3, 11, 99)]
    assert found == [0, 1, 2, 4, 5, 6] and rules.cells(line) == 7


def test_a_code_has_a_cell_of_its_own():
    card = scorecard.card_of(
        {
            "name": "t", "version": 1, "base": 500,
            "lines": [{
                "feature": "late", "code": "x", "sign": "-", "missing": 0, "scale": 10,
                "codes": {"-9": 5}, "bins": [[10, 9], [None, 0]],
            }],
        }
    )  # fmt: skip
    assert [rules.cell(card.lines[0], v) for v in (None, -90, 9, 10)] == [0, 1, 2, 3]


@pytest.mark.parametrize(("bad", "level"), [(10, CALM), (17, WATCH), (3, WATCH), (19, STOP)])
def test_a_hundred_contracts_of_ten_percent(bad, level):
    # ten defaults expected, three is one standard deviation: √(100 · 0.1 · 0.9)
    ended = [Matured(100_000, number < bad) for number in range(100)]
    by = limits(horizon_days=365, matured_least=100)
    expected, seen, away = rules.calibration(ended, by)
    assert (expected, seen) == (10_000, bad) and away == abs(bad - 10) * 1_000 // 3
    (found,) = rules.of_outcomes("2026-01", ended, by)
    assert found.level == level


def test_half_a_year_is_half_the_chance():
    # 1 − 0.9^(180/365) = 5.06 %
    ended = [Matured(100_000, False)] * 1_000
    expected, _, _ = rules.calibration(ended, limits(horizon_days=180, matured_least=100))
    assert 50_600 < expected < 50_700
    assert rules.calibration(ended[:99], limits(matured_least=100)) is None


def test_approvals_and_volume():
    by = limits()
    approval, volume = rules.of_approvals("m", (100, 80), [(100, 60)], by)
    assert (approval.value, approval.level) == (200_000, WATCH)
    assert (volume.value, volume.level) == (0, CALM)
    _, few = rules.of_approvals("m", (20, 12), [(100, 60)] * 3, by)
    assert (few.value, few.level) == (800_000, STOP)
    assert rules.of_approvals("m", (20, 12), [], by) == []


def test_features_that_go_missing():
    card = scorecard.load("buyer_expert_1")
    base, now = Counts.of(card), Counts.of(card)
    for number in range(100):
        values = dict.fromkeys((line.feature for line in card.lines), 1)
        base.add(card, values, 700, True)
        if number < 30:
            del values["reviews_365"]
        now.add(card, values, 700, True)
    found = {f.what: f for f in rules.of_month("m", now, base, limits())}
    assert found["score"].level == CALM and found["favorites_365"].value == 0
    missing = found["reviews_365 missing"]
    assert (missing.value, missing.level) == (300_000, STOP)


def test_the_worst_level_counts():
    calm, stop = Finding("m", "a", 0, 1, 2, 9), Finding("m", "b", 2, 1, 2, 9)
    assert rules.worst([]) == CALM and rules.worst([calm, stop]) == STOP
    assert isinstance(rules.limits(), Limits)
