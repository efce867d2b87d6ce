"""The chart that people read is the chart the book uses."""

from pathlib import Path

from ledger.accounts import CHART, Kind

PAGE = Path(__file__).parents[2] / "docs" / "ledger.md"


def row(kind: Kind) -> list[str]:
    limited = "yes" if kind.limited else "no"
    owner = kind.owner or "–"
    return [str(kind.code), kind.name, owner, kind.type, kind.side, limited, kind.meaning]


def test_the_chart_in_the_page_is_the_chart() -> None:
    lines = [
        line for line in PAGE.read_text().splitlines() if line[:1] == "|" and line[2:6].isdigit()
    ]
    told = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert told == [row(kind) for kind in CHART]


def test_codes_and_names_are_used_once() -> None:
    assert len({kind.code for kind in CHART}) == len({kind.name for kind in CHART}) == len(CHART)
