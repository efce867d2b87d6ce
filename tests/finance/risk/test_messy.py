"""Files as people send them: other separators, words for nothing, percents, dates, line numbers, gaps."""

import csv
import gzip
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from core.errors import InvalidInput
from finance.risk import files, scorecard
from finance.risk.capacity import backtest, panel, reporting
from finance.risk.training import cells, fitting, table, training

QUICK = fitting.Pace(bags=2, rounds=60)
ROWS = 400
Rows = Sequence[Sequence[object]]


def write(path: Path, rows: Rows, separator: str = ",", encoding: str = "utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


def people(cell: Callable[[int, bool], object], name: str = "x") -> list[list[object]]:
    """Every second one is bad; `cell(row, bad)` is what stands in the one column."""
    return [[name, "end"], *([cell(row, row % 2 == 1), row % 2] for row in range(ROWS))]


def kept(tmp_path: Path, rows: Rows) -> table.Table:
    return table.read(write(tmp_path / "some.csv", rows), "end", "1")


class TestFiles:
    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    def test_the_separator_is_told_by_the_lines(self, tmp_path: Path, separator: str) -> None:
        rows = [["a", "words, with commas", ""], *([str(n), "one, two", ""] for n in range(9))]
        found = files.read(write(tmp_path / "f.csv", rows, separator))
        assert list(found) == ["a", "words, with commas", "column_3"]
        assert found["a"][3] == "3" and found["words, with commas"][0] == "one, two"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
    def test_old_encodings_are_read(self, tmp_path: Path, encoding: str) -> None:
        path = write(tmp_path / "f.csv", [["größe", "b"], ["é", "1"]], encoding=encoding)
        assert files.read(path) == {"größe": ["é"], "b": ["1"]}

    def test_packed_and_parquet(self, tmp_path: Path) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        packed = tmp_path / "f.csv.gz"
        packed.write_bytes(gzip.compress(b"a,a\n1,2,,\n"))
        assert files.read(packed) == {"a": ["1"], "a_2": ["2"]}
        pq.write_table(pa.table({"a": [1, None]}), tmp_path / "f.pq")
        assert files.read(tmp_path / "f.pq") == {"a": [1, None]}

    def test_a_broken_line_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidInput, match="Line 3 has 1 values, the header 2"):
            files.read(write(tmp_path / "f.csv", [["a", "b"], [1, 2], [3]]))


class TestCells:
    def test_numbers_as_people_write_them(self) -> None:
        written = ["1,234.50", "12.5 %", "$30", "-7", "1e3", "?", "n/a", "."]
        assert cells.plain(written) == ["1234.50", "12.5", "30", "-7", "1e3", "", "", ""]
        assert cells.plain(["0,5", "1,25"]) == ["0.5", "1.25"]

    def test_a_word_in_a_column_of_numbers_says_nothing(self) -> None:
        column = [str(n) for n in range(40)] + ["unknown"] * 3
        assert cells.plain(column)[-3:] == [""] * 3
        few = ["1", "2", "other"] * 40
        assert cells.plain(few) == few  # a column of words

    @pytest.mark.parametrize("first", ["1970-01-02", "02.01.1970", "01/02/1970", "1970/01/02"])
    def test_dates_are_days(self, first: str) -> None:
        assert cells.plain([first] * 30)[0] == "1"
        assert cells.plain(["Jan-1985", "Oct-2001"]) == ["5479", "11596"]


class TestTable:
    def test_a_name_of_the_line_is_no_feature(self, tmp_path: Path) -> None:
        numbers = sorted(np.random.default_rng(1).choice(9_000, ROWS, replace=False).tolist())
        for name in ("", "Unnamed: 0", "loan_id", "ID"):
            with pytest.raises(InvalidInput, match="no column left"):
                kept(tmp_path, people(lambda row, bad: numbers[row], name))
        assert kept(tmp_path, people(lambda row, bad: numbers[row], "income")).kept == ["income"]

    def test_an_outcome_that_is_missing_is_no_good_one(self, tmp_path: Path) -> None:
        rows = [*people(lambda row, bad: row % 7), [3, ""], [3, "NA"]]
        assert len(kept(tmp_path, rows).bad) == ROWS

    @pytest.mark.parametrize(
        ("good", "bad", "said"),
        [("Good", "Bad", "bad"), ("False", "True", "1"), ("0.0", "1.0", "1"), ("N", "Y", "yes")],
    )
    def test_an_outcome_in_words(self, tmp_path: Path, good: str, bad: str, said: str) -> None:
        rows = [["x", "End"], *([n % 7, bad if n % 4 else good] for n in range(ROWS))]
        found = table.read(write(tmp_path / "f.csv", rows), "end", said)
        assert found.bad.sum() == ROWS * 3 // 4

    def test_too_few_of_one_kind_is_said(self, tmp_path: Path) -> None:
        rows = [["x", "end"], *([n % 7, int(n < 9)] for n in range(ROWS))]
        with pytest.raises(InvalidInput, match="only 9 of one kind; 10 are needed"):
            kept(tmp_path, rows)

    def test_numbers_that_name_kinds_are_words(self) -> None:
        """Risk 80 % and 20 % in turn over eight kinds; rising risk is no such thing."""
        kind = np.repeat(np.arange(8), 100)
        place = np.tile(np.arange(100), 8)
        names = [str(k) for k in kind]
        turning = (place < np.where(kind % 2, 80, 20)).astype(np.int64)
        assert set(table.coding_of("k", names, turning).words or ()) == set(names)
        rising = (place < 10 + 10 * kind).astype(np.int64)
        assert table.coding_of("k", names, rising).words is None

    def test_many_names_are_quick_and_left_out(self, tmp_path: Path) -> None:
        rows = [["who", "x", "end"], *([f"n{n // 2}", n % 9, n % 3 == 0] for n in range(20_000))]
        found = table.read(write(tmp_path / "f.csv", rows), "end", "true")
        assert found.kept == ["x"]


def test_a_small_messy_file_becomes_a_card_its_reader_agrees_with(tmp_path: Path) -> None:
    chance = np.random.default_rng(4)
    rate, kind = (
        chance.gamma(3, 3, 240).round(1),
        chance.choice(["a", "b", "rare"], 240, p=[0.6, 0.38, 0.02]),
    )
    bad = chance.random(240) < 1 / (1 + np.exp(2 - 0.25 * (rate - 8)))
    rows = [
        ["", "rate", "kind", "since", "town", "outcome"],
        *(
            [n * 3, "unknown" if n % 40 == 0 else f"{r} %", k, f"{n % 28 + 1:02}.03.20{n % 20 + 10}",
             f"town {n}", "Late" if b else "Paid"]
            for n, (r, k, b) in enumerate(zip(rate, kind, bad, strict=True))
        ),
    ]  # fmt: skip
    data = table.read(write(tmp_path / "f.csv", rows, ";"), "outcome", "late", ["town"])
    assert data.kept == ["rate", "kind", "since"]
    done = training.train(data, name="messy", pace=QUICK, protected=["town"])
    assert done.report["auc"] > 0.6
    assert {group["name"] for group in done.report["fairness"]["town"]} == {"others"}
    card = scorecard.card_of(done.card)
    assert "rate" in [line.feature for line in card.lines]
    values = {line.feature: line.whole(data.columns[line.feature][7]) for line in card.lines}
    assert 350 <= card.score(values).score <= 950


BEGIN = date(2023, 1, 2)
NEEDED = list(panel.NEEDED)


def weeks(shift: int, closed: bool) -> list[list[object]]:
    """Two shops of two years; the second one's weeks begin `shift` days later."""
    return [
        [seller, start, start + timedelta(7 - closed), 3, 70]
        for seller, offset in ((1, 0), (2, shift))
        for week in range(104)
        for start in [BEGIN + timedelta(7 * week + offset)]
    ]


class TestSales:
    def read(self, tmp_path: Path, rows: Rows) -> panel.Panel:
        return panel.read(write(tmp_path / "sales.csv", [NEEDED, *rows]))

    @pytest.mark.parametrize("shift", [0, 6])
    @pytest.mark.parametrize("closed", [True, False])
    def test_an_end_is_the_last_day_or_the_next_first(
        self, tmp_path: Path, shift: int, closed: bool
    ) -> None:
        found = self.read(tmp_path, weeks(shift, closed))
        assert set((found.stop - found.start).tolist()) == {7}

    def test_months_and_quarters_have_names(self, tmp_path: Path) -> None:
        found = self.read(
            tmp_path, [["s", "2024-02", "2024-02", 1, 5], ["s", "2024Q2", "2024-Q2", 1, 5]]
        )
        assert (found.stop - found.start).tolist() == [29, 91]

    def test_nothing_written_is_nothing_sold(self, tmp_path: Path) -> None:
        found = self.read(tmp_path, [[1, BEGIN, BEGIN, "", "NA"], [2, BEGIN, BEGIN, 0, "1,250.5"]])
        assert (found.sales.tolist(), found.orders.tolist()) == ([0.0, 1250.5], [0.0, 1.0])

    def test_a_day_that_is_none_is_named(self, tmp_path: Path) -> None:
        rows = [[*NEEDED, "first_sale_on"], [1, BEGIN, BEGIN, 1, 5, "soon"]]
        with pytest.raises(InvalidInput, match="first_sale_on cannot be 'soon'"):
            panel.read(write(tmp_path / "sales.csv", rows))

    @pytest.mark.parametrize("days", [1, 7, 30, 91])
    def test_every_length_of_period_has_a_report(self, tmp_path: Path, days: int) -> None:
        """Shops that open, close, give back more than they sell, and one that has a single line."""
        chance = np.random.default_rng(days)
        rows: list[list[object]] = [["once", BEGIN, BEGIN + timedelta(days - 1), 1, 9]]
        for seller in range(60):
            first, last = sorted(chance.integers(0, 730 // days, 2))
            for at in range(first, last + 1):
                start, sold = BEGIN + timedelta(days * at), chance.normal(40, 60) * days
                end = start + timedelta(days - 1)
                rows.append([seller, start, end, max(0, int(sold / 30)), round(sold, 2)])
        path = write(tmp_path / "sales.csv", [NEEDED, *rows])
        found = reporting.report(
            path, policies=("naive", "shipped"), term=90, remittance=0.2, shares=[0.3],
            cutoffs="", loss=2.0,
        )  # fmt: skip
        for of in found["policies"].values():
            assert 0 <= of["by_budget_share"]["0.3"]["loss_percent"] <= 100
        assert 0 < found["policies"]["shipped"]["by_budget_share"]["0.3"]["used_of_budget"] <= 1

    def test_one_line_a_seller_is_too_short(self, tmp_path: Path) -> None:
        found = self.read(tmp_path, [[s, BEGIN, BEGIN + timedelta(89), 5, 50] for s in range(9)])
        with pytest.raises(InvalidInput, match="too short"):
            backtest.cutoffs_of(found, 90)
