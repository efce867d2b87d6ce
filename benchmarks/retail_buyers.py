"""How well grades of a real shop's buyers rank what they do in the ninety days after."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
AHEAD, LATE = 90, 3
# Few, by theory, and the same for every shop: how lately, how often, how much, since when.
ACTIVE = ("recency_days", "confirmed_orders_365", "orders_90", "spend_365", "account_age_days",
          "active_months_12")  # fmt: skip
BACK = ("recency_days", "confirmed_orders_365", "spend_365", "basket_median", "refunds_365",
        "refund_rate_ppm")  # fmt: skip
EXPERT = "buyer_expert_1"


@dataclass(slots=True)
class Month:
    """Everyone known at the start of `day`: what was known then, and what came after.

    values    features by name, one a buyer
    active    1 who paid an order in the days after; back: 1 who was given money back
    days      of them that are known, at most AHEAD
    grades    how many of each letter the shipped card gives
    """

    day: int
    values: dict[str, list[int | None]]
    active: Array
    back: Array
    days: int
    expert: Array
    grades: dict[str, int]
    fitted: dict[str, Array] = field(default_factory=dict)

    @property
    def recency(self) -> Array:
        return -np.array(self.values["recency_days"])


def month(day: int, last: int) -> Month:
    """Reads the mall's database; `last` is the last day with sales."""
    from finance.risk import scorecard
    from finance.risk.engines.quick import Quick
    from finance.risk.features import postgres

    known = postgres.compute_all("buyer", day)
    ids = sorted(id for id, values in known.items() if values["recency_days"] is not None)
    rows, quick = [known[id] for id in ids], Quick(scorecard.load(EXPERT))
    said = [quick.score(row) for row in rows]
    return Month(
        day=day,
        values={name: [row[name] for row in rows] for name in rows[0]},
        active=_came("fact_orders", ids, day, "true"),
        back=_came("fact_refund_events", ids, day, "kind = 'granted'"),
        days=min(AHEAD, last + 1 - day),
        expert=np.array([one.score for one in said]),
        grades={g: sum(one.grade == g for one in said) for g in "ABCDE"},
    )


def _came(relation: str, ids: Sequence[int], day: int, where: str) -> Array:
    """1 for those of whom the relation has a row in the days after."""
    from core.db import db
    from mall.facts import published

    query = (
        f"select distinct buyer_id from ({published.sql_of(relation)}) r "
        f"where {where} and known_day >= {int(day)} and known_day < {int(day) + AHEAD}"
    )
    found = db.session.connection().exec_driver_sql(query.replace("%", "%%"))
    there = {id for (id,) in found}
    return np.array([int(id in there) for id in ids])


def parted(months: Sequence[Month]) -> tuple[list[Month], list[Month]]:
    """(early, late): the last three, and those whose ninety days were over before them."""
    late = list(months[-LATE:])
    return [m for m in months if m.day + AHEAD <= late[0].day], late


def fit(early: Sequence[Month], late: Sequence[Month]) -> dict[str, dict[str, Any]]:
    """Cards fitted to the early months only, their points given to the late ones; the reports."""
    from finance.risk.training import training

    told = {}
    for name, features in (("active", ACTIVE), ("back", BACK)):
        done = training.train(_table(early, name, features), name=f"retail_{name}")
        for each in late:
            each.fitted[name] = _points(done.card, each)
        told[name] = done.report
    return told


def _table(months: Sequence[Month], name: str, features: Sequence[str]) -> Any:
    from finance.risk.training.table import Table

    columns = {
        feature: ["" if v is None else str(v) for each in months for v in each.values[feature]]
        for feature in features
    }
    came = np.concatenate([getattr(each, name) for each in months])
    return Table(columns, came if name == "back" else 1 - came, list(features))


def _points(data: dict[str, Any], month: Month) -> Array:
    """As the mall itself reads a card: whole numbers and the standard library."""
    from finance.risk import scorecard

    card = scorecard.card_of(data)
    scale = {line.feature: line.scale for line in card.lines}
    rows = zip(*(month.values[name] for name in scale), strict=True)
    return np.array(
        [
            card.raw(
                {n: None if v is None else v * scale[n] for n, v in zip(scale, row, strict=True)}
            )
            for row in rows
        ]
    )


def auc(came: Array, rank: Array) -> Any:
    from finance.risk.training import measures

    return measures.auc(came, rank)


def lines(months: Sequence[Month], reports: dict[str, dict[str, Any]]) -> list[str]:
    """Tables of Markdown, the means of the late months last."""
    return [*_graded(months), "", *_ranked(months), "", *_summed_up(months, reports)]


def _graded(months: Sequence[Month]) -> list[str]:
    head = (
        "| start of | buyers | A | B | C | D | E | active after | given back after | days known |"
    )
    found = [head, "|---|" + "---:|" * 9]
    for m in months:
        grades = " | ".join(f"{m.grades[letter]:,}" for letter in "ABCDE")
        found.append(
            f"| {_date(m.day)} | {len(m.active):,} | {grades} | {m.active.mean():.1%} "
            f"| {m.back.mean():.1%} | {m.days} |"
        )
    return found


def _ranked(months: Sequence[Month]) -> list[str]:
    head = "| start of | active: recency | shipped card | fitted | back: recency | rate before | fitted |"
    found = [head, "|---|" + "---:|" * 6]
    for m in months:
        found.append(f"| {_date(m.day)} | " + " | ".join(_shown(v) for v in _aucs(m)) + " |")
    means = np.array([_aucs(m) for m in parted(months)[1]], dtype=np.float64).mean(axis=0)
    found.append("| **late, mean** | " + " | ".join(f"**{v:.3f}**" for v in means) + " |")
    return found


def _aucs(m: Month) -> list[Any]:
    rate = np.array([v or 0 for v in m.values["refund_rate_ppm"]])
    active, back = m.fitted.get("active"), m.fitted.get("back")
    return [
        auc(m.active, m.recency),
        auc(m.active, m.expert),
        None if active is None else auc(m.active, active),
        auc(m.back, m.recency),
        auc(m.back, rate),
        None if back is None else auc(m.back, -back),
    ]


def _summed_up(months: Sequence[Month], reports: dict[str, dict[str, Any]]) -> list[str]:
    early, late = parted(months)
    fitted = ", ".join(_date(m.day) for m in early)
    told = "; ".join(
        f"{name} {r['rows']:,} rows, AUC {r['auc']:.3f} of parts left out"
        for name, r in reports.items()
    )
    mean = [np.mean([_aucs(m)[i] for m in late]) for i in (0, 2)]
    holds = "holds" if mean[1] >= 0.73 else "does not hold"
    return [
        f"Fitted to the month starts {fitted} only ({told}).",
        f"The mark: AUC of activity at least 0.73 where recency alone gives 0.68. Found on the late "
        f"month starts: {mean[1]:.3f}, recency {mean[0]:.3f}: it {holds}.",
    ]


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.3f}"


def _date(day: int) -> str:
    from finance.risk.capacity.panel import date_of

    return date_of(day).isoformat()
