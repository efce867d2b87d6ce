"""The common text taken apart at the names it gives itself, and put together again.

For an engine that would otherwise work a named part out again wherever the text reads it.
"""

import re
from dataclasses import dataclass, replace

_NAMED = re.compile(r"\s*(\w+) AS\s*\(")
_TOLD = re.compile(r"'[^']*'|[()]")


@dataclass(frozen=True, slots=True)
class Named:
    """A named part: its SELECT, and how many places of the text read it."""

    name: str
    select: str
    reads: int


def taken_apart(text: str) -> tuple[list[Named], str]:
    """`WITH a AS (…), b AS (…) SELECT …` as its named parts in their order, and the last SELECT."""
    place, found = len("WITH"), dict[str, str]()
    while True:
        begun = _NAMED.match(text, place)
        if begun is None:
            raise ValueError("the text is not WITH name AS (SELECT …), … SELECT …")
        end = _closing(text, begun.end())
        found[begun[1]] = text[begun.end() : end]
        place = end + 1
        if text[place] != ",":
            break
        place += 1
    reads = {name: len(re.findall(rf"\b(?:FROM|JOIN) {name}\b", text)) for name in found}
    return [Named(name, select, reads[name]) for name, select in found.items()], text[place:]


def _closing(text: str, place: int) -> int:
    """Where the bracket ends that was opened before `place`."""
    depth = 1
    for told in _TOLD.finditer(text, place):
        depth += {"(": 1, ")": -1}.get(told[0], 0)
        if depth == 0:
            return told.start()
    raise ValueError("a bracket of the text is never closed")


def trimmed(text: str) -> str:
    """The same without the columns of relations that nothing reads, for an engine that keeps rows.

    A part `b_…` is a relation's rows as a list of columns; a column is read as `b_….column`.
    """
    parts, last = taken_apart(text)
    return together(
        [_trimmed(each, text) if each.name[:2] == "b_" else each for each in parts], last
    )


def _trimmed(part: Named, text: str) -> Named:
    columns, begun, rest = part.select.partition(" \nFROM ")
    read = set(re.findall(rf"\b{part.name}\.(\w+)", text)) | {"subject"}
    kept = [
        each for each in columns.removeprefix("SELECT ").split(", ") if each.split()[-1] in read
    ]
    return replace(part, select=f"SELECT {', '.join(kept)}{begun}{rest}")


def together(parts: list[Named], last: str) -> str:
    """The text that was taken apart."""
    return f"WITH {', '.join(f'{each.name} AS ({each.select})' for each in parts)}{last}"
