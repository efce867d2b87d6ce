"""Files that cannot be trained on are refused in a sentence, exit 2, nothing written; odd ones are read."""

import json
from pathlib import Path

import numpy as np
import pytest
from flask import Flask

from core.errors import InvalidInput
from finance.risk import scorecard
from finance.risk.training import cells, fitting, table, training

ROWS = 120
GOOD = "\n".join(["x,w,y", *(f"{n % 13},{'ab'[n % 2]},{int(n % 3 == 0)}" for n in range(ROWS))])


def trained(app: Flask, path: Path, *more: str, positive: str = "1") -> tuple[int, str]:
    asked = ["risk", "train", "--csv", str(path), "--target", "y", "--positive", positive]
    found = app.test_cli_runner().invoke(args=[*asked, "--folds", "2", *more])
    return found.exit_code, found.output


@pytest.mark.parametrize(
    ("content", "more", "says"),
    [
        (b"", (), "has no rows"),
        (b"x,y\n", (), "has no rows"),
        (b"\x1f\x8bjunkjunkjunk", (), "cannot be read, it seems damaged"),
        (b"PAR1junkjunkjunk", (), "begins like a Parquet file and cannot be read"),
        (GOOD.encode() + b'\n"abc,1,0\n', (), "Line 122 has 1 values, the header 3"),
        (GOOD.encode() + b"\nTotal: 120\n", (), "Line 122 has 1 values, the header 3"),
        (GOOD.replace("x,w,y", "x,y,y").encode(), (), "two columns y; give one another name"),
        (GOOD.encode(), ("--group", "Y"), "is the outcome; it cannot be dropped"),
        (GOOD.encode(), ("--drop", "x,w"), "no column left"),
        (GOOD.encode(), ("--month", "when"), "no column when. It has: x, w, y"),
        (GOOD.encode(), ("--positive", "2"), "y must hold 2 and something else; it holds: 0, 1."),
        (GOOD.replace(",0", ",1").encode(), (), "y must hold 1 and something else; it holds: 1."),
        (GOOD.encode(), ("--card", "/no/such/folder/card.json"), "cannot be written"),
    ],
)
def test_what_is_wrong_is_said(
    app: Flask, tmp_path: Path, content: bytes, more: tuple[str, ...], says: str
) -> None:
    path, report = tmp_path / "f.csv", tmp_path / "out.json"
    path.write_bytes(content)
    code, output = trained(app, path, "--report", str(report), *more)
    assert (code, says in output) == (2, True), output
    assert "Traceback" not in output
    assert [each.name for each in tmp_path.iterdir()] == ["f.csv"]


def test_what_counts_as_good_is_said(app: Flask, tmp_path: Path) -> None:
    ends = ("Charged Off", "Fully Paid", "Current", "")
    lines = ["x,y", *(f"{n % 7},{ends[n % 4]}" for n in range(ROWS))]
    (tmp_path / "f.csv").write_text("\n".join(lines))
    report = tmp_path / "out.json"
    code, output = trained(app, tmp_path / "f.csv", "--report", str(report), positive="charged off")
    assert code == 0
    assert "30 bad; good is Fully Paid (30), Current (30); 30 lines without an outcome" in output
    assert json.loads(report.read_text())["rows"] == 90
    assert sorted(each.name for each in tmp_path.iterdir()) == ["f.csv", "out.json"]


@pytest.mark.parametrize("positive", ["+", "-"])
def test_minus_beside_plus_is_an_outcome(tmp_path: Path, positive: str) -> None:
    """As in *Japanese Credit Screening*; beside other words "-" is a gap."""
    lines = ["x,y", *(f"{n % 7},{'+-'[n % 3 == 0]}" for n in range(ROWS))]
    (tmp_path / "f.csv").write_text("\n".join(lines))
    bad = table.read(tmp_path / "f.csv", "y", positive).bad
    assert (bad.sum(), len(bad)) == (80 if positive == "+" else 40, ROWS)
    (tmp_path / "f.csv").write_text("\n".join([*lines, "3,late"]).replace("+", "paid"))
    with pytest.raises(InvalidInput, match="only 1 of one kind"):
        table.read(tmp_path / "f.csv", "y", "late")


class TestNumbers:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            (["1,250", "2,500"], ["1250", "2500"]),
            (["1,250", "2,5"], ["1.250", "2.5"]),  # one cell can only be decimal: so are all
            (["0,125", "1,250"], ["0.125", "1.250"]),
            (["1.250,50", "7,5"], ["1250.50", "7.5"]),
            (["1,250.50", "7.5"], ["1250.50", "7.5"]),
            (["(30)", "($1,200)"], ["-30", "-1200"]),
        ],
    )
    def test_one_column_is_written_in_one_way(self, written: list[str], read: list[str]) -> None:
        assert cells.plain(written * 20)[:2] == read

    def test_what_no_number_can_hold_says_nothing(self) -> None:
        assert cells.plain(["1e999", *map(str, range(30))])[:2] == ["", "0"]

    def test_numbers_of_thirty_digits_reach_the_card(self) -> None:
        """The trainer's bin and the card's are the same, however long the number."""
        chance = np.random.default_rng(2)
        size = chance.integers(1, 40, 900)
        bad = (chance.random(900) < size / 40).astype(np.int64)
        column = [str(10**30 + int(n) * 10**25) for n in size]
        data = table.Table({"x": column}, bad, ["x"])
        quick = fitting.Pace(bags=1, rounds=40)
        card = scorecard.card_of(training.train(data, name="big", pace=quick, folds=2).card)
        _, points, bins = training._fit(data, np.ones(900, dtype=bool), quick)
        line = card.lines[0]
        raw = points.of(bins)
        assert [card.raw({"x": line.whole(column[n])}) for n in range(50)] == raw[:50].tolist()
