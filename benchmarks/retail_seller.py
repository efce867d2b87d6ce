"""What a real shop was offered at month ends, and what its real sales then repaid."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
TERM, SHARE_PPM, YOUNG = 90, 200_000, 90
BUDGETS = (0.1, 0.2, 0.3, 0.5)


@dataclass(frozen=True, slots=True)
class Repaid:
    """An advance on real sales, minor units.

    lost   unpaid after the term, of what was advanced
    days   until the real sales had repaid it; None: not before the file ends
    """

    advance: int
    lost: int
    days: int | None

    @property
    def loss(self) -> str:
        return f"{self.lost / self.advance:.1%}" if self.advance else ""


def repaid(net: Array, advance: int) -> Repaid:
    """`net`: settled by day from the cut-off on; a fifth of what is above zero is remitted."""
    paid = np.cumsum(np.maximum(net, 0)) * SHARE_PPM // 1_000_000
    enough = np.flatnonzero(paid >= advance)
    in_term = int(paid[min(TERM, len(paid)) - 1]) if len(paid) else 0
    return Repaid(advance, max(0, advance - in_term), int(enough[0]) + 1 if len(enough) else None)


@dataclass(frozen=True, slots=True)
class Offered:
    """At the start of `day`, in minor units.

    bears      what the shop's record bears at that share, before the grade's limit
    offered    what the mall would have offered: within the limit, 0 when it declines
    foreseen   days until that is repaid, as the offer says
    known      days of real sales after it
    """

    day: int
    score: int
    grade: str
    naive: Repaid
    bears: Repaid
    offered: Repaid
    foreseen: int | None
    known: int


def offered(seller_id: int, day: int, sold: dict[int, int]) -> Offered:
    """`sold`: net settled by day number; reads the mall's database as of the start of `day`."""
    from core import clock
    from finance.capital import services
    from finance.capital.sales_share import rules
    from finance.capital.terms import SALES_SHARE
    from finance.risk.capacity.panel import date_of
    from finance.risk.seller import Questions

    asked = Questions(seller_id, clock.start_of(date_of(day)))
    terms = asked.terms.sales_share
    bears = asked.credited(
        lambda net, months, view: rules.most(net, months, view, SHARE_PPM, terms)
    )
    most = services.most_of(asked, SHARE_PPM)
    yes = most.minor > 0 and asked.preview(SALES_SHARE, most, most).approved
    offer = services.offer_of(asked, most, SHARE_PPM) if yes else None
    net = np.array([sold.get(each, 0) for each in range(day, max(sold) + 1)], dtype=np.int64)
    return Offered(
        day,
        asked.score.score,
        asked.score.grade,
        repaid(net, naive(sold, day)),
        repaid(net, bears.minor),
        repaid(net, most.minor if offer else 0),
        offer.days if offer else None,
        len(net),
    )


def naive(sold: dict[int, int], day: int) -> int:
    """The last thirty days of sales, from three months of trading on."""
    first = min(each for each, amount in sold.items() if amount > 0)
    return sum(sold.get(each, 0) for each in range(day - 30, day)) if day - first >= YOUNG else 0


def net_by_day(seller_id: int) -> dict[int, int]:
    """What the shop's sales come to by the day it was known, from the published relation."""
    from core.db import db
    from mall.facts import published

    query = (
        f"select known_day, sum(amount) from ({published.sql_of('fact_settlements')}) r "
        f"where seller_id = {int(seller_id)} group by known_day"
    )
    rows = db.session.connection().exec_driver_sql(query.replace("%", "%%"))
    return {int(day): int(amount) for day, amount in rows}


def back_test(sold: dict[int, int], days: Sequence[int], folder: Path) -> dict[str, Any]:
    """`flask capital backtest` over this shop alone, from a file of its days."""
    from finance.risk.capacity import reporting
    from finance.risk.capacity.panel import date_of

    path = folder / "sales.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        write = csv.writer(file)
        write.writerow(["seller_id", "period_start", "period_end", "orders", "net_sales"])
        for day in range(min(sold), max(sold) + 1):
            date, net = date_of(day).isoformat(), sold.get(day, 0)
            write.writerow([1, date, date, int(net > 0), net / 100])
    return reporting.report(
        path,
        policies=("naive", "shipped"),
        term=TERM,
        remittance=SHARE_PPM / 1_000_000,
        shares=BUDGETS,
        cutoffs=",".join(date_of(day).isoformat() for day in days),
        loss=2.0,
    )


def lines(found: Sequence[Offered], report: dict[str, Any]) -> list[str]:
    """Tables of Markdown; amounts in whole units."""
    head = (
        "| start of | score | naive: 30 days' sales | unpaid after 90 days | repaid after "
        "| the record bears | unpaid | repaid after | offered | foreseen | repaid after | days known |"
    )
    told = [head, "|---|---|" + "---:|" * 10]
    told += [_line(each) for each in found]
    both = [report["policies"][name]["by_budget_share"] for name in ("naive", "shipped")]
    pairs = ", ".join(
        f"{share:g}: {both[0][str(share)]['loss_percent']:.2f} % and "
        f"{both[1][str(share)]['loss_percent']:.2f} %"
        for share in BUDGETS
    )
    return [*told, "", f"Under one budget (`flask capital backtest`, {', '.join(report['cutoffs'])}), "
            f"naive and shipped at share {pairs}: with one shop both lend the whole budget to it."]  # fmt: skip


def _line(each: Offered) -> str:
    from finance.risk.capacity.panel import date_of

    cells = [date_of(each.day).isoformat(), f"{each.score} {each.grade}"]
    for one in (each.naive, each.bears):
        cells += [_money(one.advance), one.loss, _days(one)]
    foreseen = "" if each.foreseen is None else f"{each.foreseen} days"
    cells += [_money(each.offered.advance), foreseen, _days(each.offered), str(each.known)]
    return "| " + " | ".join(cells) + " |"


def _money(minor: int) -> str:
    return f"{minor // 100:,}" if minor else "none"


def _days(one: Repaid) -> str:
    if not one.advance:
        return ""
    return f"{one.days} days" if one.days is not None else "not in the file"
