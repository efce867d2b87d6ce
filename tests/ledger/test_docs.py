"""The chart and the postings that people read are those the book uses."""

from pathlib import Path

from flask import Flask

from ledger import postings
from ledger.accounts import CHART, Kind

PAGE = Path(__file__).parents[2] / "docs" / "ledger.md"


def row(kind: Kind) -> list[str]:
    limited = "yes" if kind.limited else "no, busy" if kind.busy else "no"
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


def test_the_postings_in_the_page_are_those_declared(app: Flask) -> None:
    told = app.test_cli_runner().invoke(args=["ledger", "postings", "--markdown"]).output.strip()
    assert told.startswith("| kind | key |") and "order.released" in told
    page = PAGE.read_text()
    assert told in page and postings.renewed(page) == page, (
        "run `flask ledger postings --write docs/ledger.md`"
    )


def test_every_piece_goes_into_journals_that_exist(app: Flask) -> None:
    kinds = {each.kind for each in postings.declared()}
    wanted = {kind for each in postings.declared() for kind in each.into}
    assert wanted and wanted <= kinds, wanted - kinds
