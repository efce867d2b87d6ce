"""How good the grades are on a real shop's year, written as a section of a page.

python -m benchmarks evidence --online-retail FILE [--write docs/evidence.md]

A throw-away PostgreSQL takes the file in (docs/import.md), grades the buyers as of ten month starts
by what was known then, looks at what they did in the ninety days after, and follows what the shop
would have been advanced on its real sales. Cards are fitted to early months and told of late ones.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from benchmarks import place, retail_buyers, retail_seller
from benchmarks.history import ONLINE_RETAIL

MONTHS = 10
BEGIN, END = "<!-- online-retail: made by the command -->", "<!-- /online-retail -->"


def main(arguments: list[str]) -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser("python -m benchmarks evidence", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--online-retail", type=Path, required=True, metavar="FILE")
    parser.add_argument("--months", type=int, default=MONTHS, help="starts of months looked at")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put it between its marks there")
    asked = parser.parse_args(arguments)
    with place.mall():
        said = place.flask("mall", "import-orders", str(asked.online_retail), *ONLINE_RETAIL)
        print(said, file=sys.stderr)
        from wsgi import create_app

        with create_app().app_context():
            told = measured(asked.months)
    print("\n".join(told))
    if asked.write:
        write(asked.write, told)


def measured(months: int = MONTHS) -> list[str]:
    """The section, from the mall's database; one shop, imported."""
    from core.db import db

    seller_id, first, last = db.session.connection().exec_driver_sql(
        "select min(seller_id), min(paid_at)::date, max(paid_at)::date from history_order"
    ).one()  # fmt: skip
    days = month_starts(first, last, months)
    end = (last - date(1970, 1, 1)).days
    known = [retail_buyers.month(day, end) for day in days]
    early, late = retail_buyers.parted(known)
    reports = retail_buyers.fit(early, late)
    sold = retail_seller.net_by_day(seller_id)
    offers = [retail_seller.offered(seller_id, day, sold) for day in days]
    whole = [
        day for day in days if day - min(sold) >= 180 and day + retail_seller.TERM <= max(sold)
    ]
    with tempfile.TemporaryDirectory() as folder:
        report = retail_seller.back_test(sold, whole, Path(folder))
    return [
        *retail_buyers.lines(known, reports), "",
        "**The shop's own advance**, a fifth of each day's sales remitted:", "",
        *retail_seller.lines(offers, report),
    ]  # fmt: skip


def month_starts(first: date, last: date, most: int = MONTHS) -> list[int]:
    """Day numbers of the first starts of months after the first sale, before the last one."""
    found, year, month = [], first.year, first.month
    while len(found) < most:
        year, month = year + month // 12, month % 12 + 1
        if date(year, month, 1) > last:
            break
        found.append((date(year, month, 1) - date(1970, 1, 1)).days)
    return found


def write(page: Path, told: Sequence[str]) -> None:
    """Put the lines between their marks; raises ValueError where the page has none."""
    before, begun, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (begun and ended):
        raise ValueError(f"{page} lacks the lines {BEGIN} and {END}")
    page.write_text("\n".join([before + BEGIN, "", *told, "", END + after]), encoding="utf-8")
