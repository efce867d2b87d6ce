"""Which columns of which relations the text reads, and the plainest statement that reads them too."""

import re
from collections.abc import Iterable
from typing import Any

from finance.risk import features
from finance.risk.engines import base
from mall.facts import published


def read_by(subject: str) -> dict[str, tuple[str, ...]]:
    """Columns by relation, in their order."""
    text = features.text(subject)
    found = {}
    for name in base.relations(subject):
        view = "b" + name.removeprefix("fact")
        used = set(re.findall(rf"\b{view}\.(\w+)", text))
        used |= set(re.findall(rf"\b{name}\.(\w+)(?! AS)", text))
        columns = published.table(name).columns
        found[name] = tuple(column.name for column in columns if column.name in used)
    return found


def scan(name: str, columns: Iterable[str]) -> str:
    """Reads every value of these columns once: what no engine can do without."""
    table = published.table(name)
    whole = (
        f"bit_xor({c})" if str(table.c[c].type) == "BIGINT" else f"bit_xor(length({c}))"
        for c in columns
    )
    return f"SELECT {', '.join(whole)} FROM {name}"


def kind(column: Any) -> str:
    """BIGINT or VARCHAR."""
    return "BIGINT" if str(column.type) == "BIGINT" else "VARCHAR"
