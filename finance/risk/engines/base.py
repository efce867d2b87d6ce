"""What engines have in common: parts of the subjects, the text with its day, a file as the answer."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Protocol

from core.errors import DomainError
from finance.risk import features
from mall.facts import published

ENGINES = ("postgres", "duckdb", "spark")


class EngineMissing(DomainError):
    message = "{engine} is not installed here: pip install -r {file}."


@dataclass(frozen=True, slots=True)
class Part:
    """The subjects whose id leaves `number` when it is divided by `of`: a share of the memory."""

    number: int = 0
    of: int = 1

    def condition(self, subject: str, relation: str) -> str:
        """For rows of a relation; "" where all are wanted: everyone, or what is of nobody alone."""
        if self.of == 1 or features.KEYS[subject] not in published.table(relation).c:
            return ""
        return f"{features.KEYS[subject]} % {self.of} = {self.number}"


class Engine(Protocol):
    """Computes one part.

    write    puts the features of a part as of the start of day number `as_of` into `to`, a Parquet
             file or a folder of them: `subject`, then a bigint for each feature by name
    prepare  what is done once before the parts; `tell` hears what goes on
    """

    def prepare(self, subject: str, as_of: int, tell: Callable[[str], None]) -> None: ...

    def write(self, subject: str, as_of: int, part: Part, to: Path) -> None: ...

    def close(self) -> None: ...


def named(name: str, folder: Path) -> Engine:
    """The engine of this name, its snapshot below `folder`.

    Raises EngineMissing where its extra is not installed.
    """
    if name not in ENGINES:
        raise ValueError(f"no engine is called {name}")
    module = import_module(f"finance.risk.engines.{name}")
    engine: Engine = module.open_engine(folder)
    return engine


def text_at(subject: str, as_of: int) -> str:
    """The common SQL with its day written in."""
    return re.sub(r":as_of\b", str(int(as_of)), features.text(subject))


def relations(subject: str) -> tuple[str, ...]:
    """The published relations that the text reads."""
    return features.assemble(subject).relations


def columns(subject: str) -> tuple[str, ...]:
    """The names of the answer's columns, all of them bigint."""
    return tuple(features.build(subject).selected_columns.keys())


@lru_cache(maxsize=4)
def definition(subject: str) -> str:
    """A mark of what is computed: another text, or another meaning of a relation, has another."""
    text = published.with_clause(relations(subject)) + features.text(subject)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def settings(words: str) -> dict[str, str]:
    """`name=value name=value` as a dict."""
    return dict(word.split("=", 1) for word in words.split())
