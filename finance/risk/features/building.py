"""From features to one SELECT: filtered relations, measures by subject, features on top."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    cast,
    func,
    literal_column,
    select,
)

from finance.risk.features.known import Base
from finance.risk.features.portable import Counted, grouped, text_of

_EVERYONE = {"seller": "fact_sellers", "buyer": "fact_buyers"}
Maker = Callable[[Base], Select[Any]]


Sums = dict[str, ColumnElement[int]]


@dataclass(frozen=True, slots=True)
class Block:
    """Measures that are made in one pass: a SELECT with `subject` and one column each."""

    name: str
    subjects: tuple[str, ...]
    make: Maker


_BLOCKS: list[Block] = []
_FEATURES: dict[str, list["Feature"]] = {"seller": [], "buyer": []}
_MISSING: dict[str, list["Missing"]] = {"seller": [], "buyer": []}


def block(*subjects: str) -> Callable[[Maker], Maker]:
    """Register a block of measures for sellers, buyers or both."""

    def keep(make: Maker) -> Maker:
        _BLOCKS.append(Block(make.__name__, subjects, make))
        return make

    return keep


Summing = Callable[[CTE], Sums]
_SUMS: dict[tuple[str, str], list[Summing]] = {}


def sums(relation: str, *subjects: str) -> Callable[[Summing], Summing]:
    """Register measures that are sums and counts over one relation: all are made in one pass."""

    def keep(make: Summing) -> Summing:
        for subject in subjects:
            _SUMS.setdefault((subject, relation), []).append(make)
        return make

    return keep


def named(**measures: ColumnElement[int]) -> Sums:
    """Measures by name."""
    return measures


class Measures:
    """The measures of a build by name: `m.orders_90`. Remembers which were asked."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known, self._asked = known, list[str]()

    def __getattr__(self, name: str) -> ColumnElement[int]:
        if name not in self._known:
            raise AttributeError(f"no block measures {name}")
        self._asked.append(name)
        return literal_column(f"m.{name}", BigInteger)


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature, defined once.

    id        as in the list of the design: T1
    name      what cards and decisions call it
    sentence  what it is, for a person
    unit      days, count, money (minor units), ppm (millionths), hours, …
    sign      + lowers the risk when it grows, - raises it, ~ best in the middle, 0 no order
    windows   days it looks back; none: all there is
    of        the expression over the measures
    """

    id: str
    name: str
    sentence: str
    unit: str
    sign: str
    windows: tuple[int, ...]
    of: "Expression"


@dataclass(frozen=True, slots=True)
class Missing:
    """A feature of the list that the mall's data cannot give yet, and why."""

    id: str
    name: str
    reason: str


Expression = Callable[[Measures], ColumnElement[int]]


def feature(
    subject: str, id: str, unit: str, sign: str, *windows: int
) -> Callable[[Expression], Expression]:
    """Register a function of the measures as a feature: its name, and its docstring in words."""

    def keep(of: Expression) -> Expression:
        name, sentence = of.__name__, " ".join((of.__doc__ or "").split())
        _FEATURES[subject].append(Feature(id, name, sentence, unit, sign, windows, of))
        return of

    return keep


def cannot(subject: str, reason: str, *ids: str) -> None:
    """Say which features of the list cannot be computed yet ("T5 hour_profile_dist"), and why."""
    for each in ids:
        id, name = each.split()
        _MISSING[subject].append(Missing(id, name, reason))


_FAMILIES = "TMPCKFIDLRB"


def _place(each: Feature | Missing) -> tuple[int, int, str]:
    number = re.sub(r"\D", "", each.id)
    return _FAMILIES.index(each.id[0]), int(number), each.id


def features_of(subject: str) -> Sequence[Feature]:
    """All features of a subject, in order of their ids."""
    return tuple(sorted(_FEATURES[subject], key=_place))


def missing_of(subject: str) -> Sequence[Missing]:
    """What cannot be computed yet."""
    return tuple(sorted(_MISSING[subject], key=_place))


@dataclass(frozen=True, slots=True)
class Built:
    """A statement with what it reads: relations by feature."""

    statement: Select[Any]
    relations: tuple[str, ...]
    sources: dict[str, tuple[str, ...]]


_OTHERS: dict[str, Callable[[], Built]] = {}


def assembled(name: str) -> Callable[[Callable[[], Built]], Callable[[], Built]]:
    """Register a statement of another subject that engines run as they run features."""

    def keep(make: Callable[[], Built]) -> Callable[[], Built]:
        _OTHERS[name] = make
        return make

    return keep


@lru_cache(maxsize=8)
def assemble(subject: str, one: bool = False) -> Built:
    """Columns `subject`, then one bigint for each feature by name; a row for each subject."""
    if subject in _OTHERS:
        return _OTHERS[subject]()
    base = Base(subject, one)
    everyone = base[_EVERYONE[subject]]
    made, reads = _blocks(base)
    of_block = {c.name: block for block, cte in made.items() for c in cte.c if c.name != "subject"}
    found, sources, asked = list[Any](), {}, dict[str, None]()
    for feature in features_of(subject):
        m = Measures(of_block)
        found.append(cast(feature.of(m), BigInteger).label(feature.name))
        asked |= dict.fromkeys(m._asked)
        blocks = dict.fromkeys(of_block[name] for name in m._asked)
        sources[feature.name] = tuple(dict.fromkeys(each for b in blocks for each in reads[b]))
    rows: Any = everyone
    for block in dict.fromkeys(of_block[name] for name in asked):
        rows = rows.outerjoin(made[block], made[block].c.subject == everyone.c.subject)
    kept = [_known(made[of_block[name]].c[name]) for name in asked]
    measured = select(everyone.c.subject, *kept).select_from(rows).cte("m")
    named = {each for some in sources.values() for each in some} | {_EVERYONE[subject]}
    return Built(select(measured.c.subject, *found), tuple(sorted(named)), sources)


def _known(column: ColumnElement[Any]) -> ColumnElement[int]:
    """A measure beside its subject: of counts and sums, nothing there is 0."""
    known = func.coalesce(column, 0) if isinstance(column.type, Counted) else column
    return known.label(column.name)  # type: ignore[attr-defined]


def _blocks(base: Base) -> tuple[dict[str, CTE], dict[str, tuple[str, ...]]]:
    """All measures of a subject: CTEs by name, and which relations each reads."""
    made: dict[str, CTE] = {}
    reads: dict[str, tuple[str, ...]] = {}
    for (subject, relation), makers in _SUMS.items():
        if subject == base.subject:
            base.read = []
            rows, name = base[relation], relation.removeprefix("fact_")
            found = {k: v for make in makers for k, v in make(rows).items()}
            made[name] = grouped(rows, **found).cte(f"s_{name}")
            reads[name] = tuple(base.read)
    for each in _BLOCKS:
        if base.subject in each.subjects:
            base.read = []
            made[each.name] = each.make(base).cte(f"m_{each.name}")
            reads[each.name] = tuple(base.read)
    return made, reads


def build(subject: str, one: bool = False) -> Select[Any]:
    """The features of everyone (or, with `one`, of :subject) as of the start of day :as_of."""
    return assemble(subject, one).statement


@lru_cache(maxsize=8)
def text(subject: str, one: bool = False) -> str:
    """The SQL of `build`, the same for PostgreSQL, DuckDB and Spark: binds :as_of, :subject."""
    return text_of(build(subject, one))
