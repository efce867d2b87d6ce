"""Groups and months compared, by hand; and on a table from the terminal."""

import csv
import json

import numpy as np
import pytest

from finance.risk.training import fairness
from tests.finance.risk.test_training import lines


def people(groups):
    """(bad, chance, group) from {name: [(how many, chance, bad)]}."""
    bad, chance, names = [], [], []
    for name, parts in groups.items():
        for count, said, came in parts:
            bad += [came] * count
            chance += [said] * count
            names += [name] * count
    return np.array(bad), np.array(chance), np.array(names)


def test_sixty_of_a_hundred_against_eighty():
    east = [(80, 0.1, 0), (20, 0.9, 1)]
    west = [(50, 0.1, 0), (10, 0.1, 1), (40, 0.9, 1)]
    found = fairness.by_group(*people({"east": east, "west": west}), approve_share=0.7)
    first, second = found
    assert (first.name, first.approved, first.impact_ratio, first.difference) == ("east", 0.8, 1, 0)
    assert (second.approved, round(second.difference, 6)) == (0.6, -0.2)
    assert round(second.impact_ratio, 6) == 0.75 and first.passes and not second.passes
    # √(0.4/60 + 0.2/80) = 0.095743; e^(±1.96 · 0.095743) = 0.8289 and 1.2064
    assert round(second.impact_low, 3) == 0.622 and round(second.impact_high, 3) == 0.905
    assert second.good_approved == 1 and second.bad_rate == 0.5
    assert round(second.said, 6) == 0.42  # 60 · 0.1 + 40 · 0.9 of a hundred: it expected fewer


def test_a_small_group_says_nothing():
    found = fairness.by_group(
        *people({"many": [(90, 0.1, 0), (10, 0.9, 1)], "few": [(29, 0.1, 0)]}), approve_share=0.9
    )
    assert [group.name for group in found] == ["many"]


def test_where_nobody_is_approved_there_is_no_interval():
    found = fairness.by_group(
        *people({"all": [(60, 0.1, 0)], "none": [(60, 0.9, 1)]}), approve_share=0.5
    )
    last = found[1]
    assert (last.approved, last.impact_ratio, last.impact_low, last.impact_high) == (0, 0, 0, 0)


def test_months_in_their_order():
    bad = np.array([0] * 40 + [0] * 20 + [1] * 20)
    raw = np.array([600] * 40 + [600] * 20 + [500] * 20)
    chance = np.where(raw == 600, 0.1, 0.5)
    names = fairness.month_names(["2026-01-09"] * 40 + ["2026-02"] * 40)
    first, second = fairness.by_month(bad, chance, raw, names)
    assert (first.name, first.count, first.auc, first.psi) == ("2026-01", 40, None, 0)
    assert (second.auc, second.bad_rate) == (1.0, 0.5)
    assert round(second.said, 6) == 0.3 and second.psi > 0.25


@pytest.fixture
def path(tmp_path):
    found = tmp_path / "people.csv"
    header, rows = lines()
    months = [f"2026-0{1 + number % 3}" for number in range(len(rows))]
    with found.open("w", newline="") as file:
        csv.writer(file).writerows(
            [[*header, "month"], *([*row, month] for row, month in zip(rows, months, strict=True))]
        )
    return found


def test_from_the_terminal(app, path, tmp_path):
    report, page, card = (tmp_path / name for name in ("r.json", "card.md", "card.json"))
    said = app.test_cli_runner().invoke(
        args=[
            "risk", "train", "--csv", str(path), "--target", "late", "--positive", "yes",
            "--drop", "id", "--group", "color", "--month", "month", "--folds", "2",
            "--report", str(report), "--model-card", str(page), "--card", str(card),
        ]
    )  # fmt: skip
    assert said.exit_code == 0, said.output
    assert "groups of color: approved, difference, AIR" in said.output
    found = json.loads(report.read_text())
    assert {g["name"] for g in found["fairness"]["color"]} == {"red", "green", "blue"}
    assert all(0.8 < g["impact_ratio"] <= 1 for g in found["fairness"]["color"])
    assert [m["name"] for m in found["months"]] == ["2026-01", "2026-02", "2026-03"]
    assert all(m["psi"] < 0.1 and 0.6 < m["auc"] < 1 for m in found["months"])
    written = page.read_text()
    assert "## Groups of color" in written and "## By month" in written
    kept = json.loads(card.read_text())
    assert sum(kept["training"]["score"]) == found["rows"]
    assert all(sum(counts) == found["rows"] for counts in kept["training"]["lines"].values())
    assert not {"color", "month", "id"} & {line["feature"] for line in kept["lines"]}
