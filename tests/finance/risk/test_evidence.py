"""The evidence on a real shop's year: told of what was not known, from a file somebody names."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import evidence, retail_buyers, retail_seller
from benchmarks.retail_buyers import ACTIVE, BACK, Month
from core.db import db as database

BEGUN = date(2025, 1, 1)
DAY = (date(2025, 4, 1) - date(1970, 1, 1)).days
HEADER = "order,buyer,product,quantity,unit_price,paid_at\n"


def file(folder: Path) -> Path:
    """Ten who come every fortnight for half a year, ten who came once; one gives back in May."""
    rows = []
    for buyer in range(10):
        rows += [
            f"r{buyer}-{turn},r{buyer},tea,1,10.00,{BEGUN + timedelta(14 * turn + buyer)}"
            for turn in range(12)
        ]
        rows.append(f"o{buyer},o{buyer},tea,2,10.00,{BEGUN + timedelta(3 * buyer)}")
    rows.append("x,r3,tea,-1,10.00,2025-05-10")
    rows.sort(key=lambda row: row.rpartition(",")[2])
    path = folder / "shop.csv"
    path.write_text(HEADER + "\n".join(rows) + "\n")
    return path


def test_buyers_are_graded_by_what_was_known_then(app: Any, db: Any, tmp_path: Path) -> None:
    command = ["mall", "import-orders", str(file(tmp_path)), "--seller", "Tea"]
    assert app.test_cli_runner().invoke(args=command).exit_code == 0
    seen = retail_buyers.month(DAY, DAY + 59)
    assert len(seen.active) == 20 and seen.active.sum() == 10 and seen.back.sum() == 1
    assert seen.days == 60  # of the ninety after; the file ends
    assert max(seen.values["confirmed_orders_365"]) == 7  # 1 January to 26 March, not twelve
    assert set(seen.values["refunds_365"]) == {0}  # May had not come
    assert retail_buyers.auc(seen.active, seen.recency) == 1.0  # all who still came, come again
    assert sum(seen.grades.values()) == 20
    seller_id = database.session.connection().exec_driver_sql("select id from seller").scalar_one()
    sold = retail_seller.net_by_day(seller_id)
    assert sum(sold.values()) == 120 * 1_000 + 10 * 2_000 - 1_000
    offer = retail_seller.offered(seller_id, DAY, sold)
    assert offer.naive.advance == sum(v for d, v in sold.items() if DAY - 30 <= d < DAY)
    told = retail_seller.lines([offer], retail_seller.back_test(sold, [DAY], tmp_path))
    assert f"| 2025-04-01 | {offer.score} {offer.grade} |" in told[2]


def test_a_fifth_of_sales_repays() -> None:
    even = np.full(120, 10_000)  # 100.00 a day, 20.00 remitted
    assert retail_seller.repaid(even, 10_000) == retail_seller.Repaid(10_000, 0, 5)
    late = retail_seller.repaid(even, 200_000)  # 1,800.00 in ninety days
    assert (late.lost, late.days, late.loss) == (20_000, 100, "10.0%")
    never = retail_seller.repaid(even, 1_000_000)
    assert (never.lost, never.days) == (820_000, None)
    back = retail_seller.repaid(np.array([10_000, -50_000, 10_000]), 4_000)
    assert back.days == 3  # a day of returns remits nothing and takes nothing back
    young = {100: 500, 150: 500}
    assert retail_seller.naive(young, 189) == 0 and retail_seller.naive(young, 190) == 0
    assert retail_seller.naive({**young, 170: 700}, 190) == 700


def made(day: int, seed: int, flip: bool = False) -> Month:
    """400 people who come again the likelier the later they came, and give back by chance."""
    roll = np.random.default_rng(seed)
    recency = roll.integers(1, 90, 400)
    active = (roll.random(400) < 1.1 - recency / 90).astype(int)
    values = {name: roll.integers(0, 9, 400).tolist() for name in {*ACTIVE, *BACK}}
    values["recency_days"] = recency.tolist()
    return Month(
        day=day,
        values=values,
        active=1 - active if flip else active,
        back=(roll.random(400) < 0.3).astype(int),
        days=90,
        expert=np.zeros(400),
        grades=dict.fromkeys("ABCDE", 80),
    )


def test_late_months_teach_nothing() -> None:
    starts = [31 * number for number in range(7)]
    months = [made(day, day + 1) for day in starts]
    early, late = retail_buyers.parted(months)
    assert [m.day for m in late] == [124, 155, 186]
    assert [m.day for m in early] == [0, 31]  # the ninety days of the third end after the 124th
    reports = retail_buyers.fit(early, late)
    assert retail_buyers.auc(late[0].active, late[0].fitted["active"]) > 0.7
    other = [made(day, day + 1, flip=day > 31) for day in starts]
    assert retail_buyers.fit(*retail_buyers.parted(other)) == reports
    assert (other[4].fitted["active"] == late[0].fitted["active"]).all()
    told = "\n".join(retail_buyers.lines(months, reports))
    assert "| **late, mean** |" in told and "1970-01-01, 1970-02-01 only" in told


def test_the_section_is_written_between_its_marks(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{evidence.BEGIN}\nold\n{evidence.END}\nafter\n")
    for _ in range(2):
        evidence.write(page, ["new"])
    assert page.read_text() == f"before\n{evidence.BEGIN}\n\nnew\n\n{evidence.END}\nafter\n"
    page.write_text("no marks")
    with pytest.raises(ValueError, match="lacks"):
        evidence.write(page, ["new"])


def test_ten_month_starts_of_the_year() -> None:
    found = evidence.month_starts(date(2010, 12, 1), date(2011, 12, 9))
    days = [date(1970, 1, 1) + timedelta(day) for day in found]
    assert days == [date(2011, month, 1) for month in range(1, 11)]
    assert len(evidence.month_starts(date(2025, 11, 30), date(2026, 1, 31))) == 2
