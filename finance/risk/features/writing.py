"""docs/features.md, written from the definitions."""

from collections.abc import Iterable

from finance.risk.features.building import assemble, features_of, missing_of
from mall.facts import published

_SIGNS = {"+": "+", "-": "−", "~": "∩", "0": "0"}
_OPENING = """# Features

Written by `flask risk features --write-docs` from the definitions in `finance/risk/features/`; a test compares.

Every feature is a whole number as of the *start* of a day: only what was known before that day counts, so the row of the night is the answer all day. Money is in minor units,
shares are in millionths (ppm), cut towards zero; where nothing can be said the value is null, never zero. Sign: + more of it lowers the risk, − raises it, ∩ best in the middle, 0 no order.
One SQL text (`features.text`) says all of them over the relations below, for PostgreSQL, DuckDB and Spark alike; docs/adr/0008 says how it stays portable. Orders suspected of being fake are in none of them.
"""


def document() -> str:
    """The page."""
    parts = [_OPENING]
    for subject, title in (("seller", "Sellers"), ("buyer", "Buyers")):
        parts += [f"## {title}\n", *_features(subject), ""]
        parts += [f"### What cannot be said yet of {title.lower()}\n", *_missing(subject), ""]
    parts += ["## Relations\n", *_relations()]
    return "\n".join(parts).rstrip() + "\n"


def _table(head: str, rows: Iterable[Iterable[str]]) -> list[str]:
    names = head.split()
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def _features(subject: str) -> list[str]:
    sources, stated = assemble(subject).sources, features_of(subject)
    names: dict[str, list[str]] = {}
    for each in stated:
        names.setdefault(each.id, []).append(f"`{each.name}`")
    rows = (
        (
            each.id,
            " … ".join((names[each.id][0], *names[each.id][1:][-1:])),
            each.sentence,
            each.unit,
            _SIGNS[each.sign],
            ", ".join(map(str, each.windows)) or "all",
            ", ".join(name.removeprefix("fact_") for name in sources[each.name]),
        )
        for each in stated
        if f"`{each.name}`" == names[each.id][0]  # a series stands in one line
    )
    return _table("Id Name What Unit Sign Days From", rows)


def _missing(subject: str) -> list[str]:
    return _table(
        "Id Name Why", ((each.id, each.name, each.reason) for each in missing_of(subject))
    )


def _relations() -> list[str]:
    clocks = ", ".join(f"`{name}`" for name in published.CLOCKS)
    told = [
        "Whole numbers (bigint) and text. Days are numbers since 1970-01-01 by the mall's business "
        f"day, instants whole seconds since 1970. Each has {clocks} besides:",
        "",
    ]
    rows = (
        (
            f"`{name}`",
            table.comment or "",
            " ".join(c.name for c in table.columns if c.name not in published.CLOCKS),
        )
        for name, table in published.PUBLISHED.tables.items()
    )
    return told + _table("Relation What Columns", rows)
