"""Reasons in the reader's language: what a decision keeps is English, and never changes.

`words/zh.json` has every English sentence with its holes beside the Chinese one. A sentence is
found by its shape, its numbers are carried over; one that is not known stays English.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from finance.risk import plurals

_FOLDER = Path(__file__).parent / "words"
_HOLE = re.compile(r"\{(\w+)\}")
_INNER = "change"  # a hole that holds a sentence of its own


@cache
def _shapes(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """(shape of the English sentence, sentence of the language), the plainest shapes first."""
    path = _FOLDER / f"{language}.json"
    if not path.exists():
        return ()
    data: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    whole = sorted(data, key=lambda text: (_INNER in _HOLE.findall(text), -len(text)))
    return tuple((re.compile(_shape(text)), data[text]) for text in whole)


def _shape(text: str) -> str:
    parts = _HOLE.split(text)
    return "".join(
        f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)
    )


def sentence(text: str, language: str) -> str:
    """One sentence in a language; unknown ones, and English, as they are."""
    return _told(text, language) or _told(plurals.many(text), language) or text


def _told(text: str, language: str) -> str:
    for shape, words in _shapes(language):
        found = shape.fullmatch(text)
        if found:
            holes = found.groupdict()
            if _INNER in holes:
                holes[_INNER] = sentence(holes[_INNER], language)
            return words.format(**holes)
    return ""


def reasons(whys: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """Kept reasons as a page shows them in a language."""
    return [
        {
            **why,
            "text": sentence(why["text"], language),
            "change": sentence(why["change"], language),
        }
        for why in whys
    ]
