"""What a product is made of, how its words are searched, and how a shelf is sorted and cut."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import Conflict, InvalidInput
from core.money import Money

VARIANTS_MAX = 60
PICTURES_MAX = 8
PAGE_SIZE = 24
PRICE_BANDS = (10_000, 30_000, 100_000, 300_000)  # upper ends in minor units; the last is open
SORTS = {
    "best": "Best match",
    "popular": "Most bought",
    "new": "Newest",
    "rating": "Best reviewed",
    "cheap": "Price, low to high",
    "dear": "Price, high to low",
}
_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_RUN = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_FIRST_CJK = re.compile(f"[{_CJK}]")


class OutOfStock(Conflict):
    """`left` units of the variant may still be bought."""

    message = "Only {left} of {title} are left."

    def __init__(self, *, title: str, left: int, variant_id: int = 0) -> None:
        message = "{title} is sold out." if left <= 0 else None
        super().__init__(message, title=title, left=left, variant_id=variant_id)


class TooFewLeft(Conflict):
    message = "{reserved} units are promised to payments under way: the stock cannot be set below."


@dataclass(frozen=True, slots=True)
class NewVariant:
    """One thing to sell: its price, how many there are, and its options ("Color": "Black")."""

    price: Money
    on_hand: int = 0
    label: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    sku: str = ""
    weight_grams: int = 0
    picture: str | None = None
    id: int | None = None  # of a variant that is there already


def check_variants(variants: Iterable[NewVariant]) -> list[NewVariant]:
    """The variants, when they can stand beside each other; raises InvalidInput."""
    found = list(variants)
    if not 1 <= len(found) <= VARIANTS_MAX:
        raise InvalidInput(f"A product has 1 to {VARIANTS_MAX} variants.")
    if len(found) > 1 and len({variant.label for variant in found}) < len(found):
        raise InvalidInput("Give every variant a name of its own.")
    if any(variant.price.minor <= 0 for variant in found):
        raise InvalidInput("Every variant needs a price above zero.")
    if any(variant.on_hand < 0 for variant in found):
        raise InvalidInput("Stock is a whole number of 0 or more.")
    return found


def slug_of(text: str) -> str:
    """Lower-case words joined by hyphens, ASCII only: `Café Grinder` is `cafe-grinder`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", plain.lower()))[:80].strip("-")


def fold(text: str) -> str:
    """Lower case without accents, so that `Café` and `cafe` are one word."""
    parts = unicodedata.normalize("NFKD", text.lower())
    return unicodedata.normalize("NFC", "".join(p for p in parts if not unicodedata.combining(p)))


def words_of(*texts: str) -> list[str]:
    """The words of a text as they are indexed; a run of Chinese becomes all its pairs."""
    found: dict[str, None] = {}
    for run in _RUN.findall(fold(" ".join(texts))):
        if _FIRST_CJK.match(run):
            found |= dict.fromkeys([*(run[i : i + 2] for i in range(len(run) - 1)), run[-1]])
        else:
            found[run[:40]] = None
    return list(found)


def wanted_words(query: str) -> list[str]:
    """The words a product must have. Of Chinese only every second pair is asked for, so that
    无线耳机 also finds 无线 蓝牙 耳机.
    """
    found: dict[str, None] = {}
    for run in _RUN.findall(fold(query)[:200]):
        if _FIRST_CJK.match(run) and len(run) > 1:
            starts = [*range(0, len(run) - 1, 2)] + ([len(run) - 2] if len(run) % 2 else [])
            found |= dict.fromkeys(run[i : i + 2] for i in starts)
        else:
            found[run[:40]] = None
    return list(found)[:12]


def text_search_query(words: Iterable[str]) -> str:
    """A `to_tsquery` text: every word, each as the beginning of one."""
    return " & ".join(f"'{word}':*" for word in words)


def trigrams(word: str) -> list[str]:
    """Pieces of three letters, the ends marked: `mug` gives ␣␣m, ␣mu, mug, ug␣."""
    padded = f"  {word} "
    return sorted({padded[i : i + 3] for i in range(len(padded) - 2)})


def distance(one: str, other: str) -> int:
    """How many letters to insert, drop, replace or swap with their neighbor (optimal string
    alignment distance, Damerau 1964).
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before, last = last, row
    return last[-1]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was most likely meant: one slip in up to 5 letters, else two."""
    slips = 1 if len(word) <= 5 else 2
    scored = [(distance(word, other), abs(len(other) - len(word)), other) for other in known]
    near = [item for item in scored if 0 < item[0] <= slips]
    return min(near)[2] if near else None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a shopper narrowed a shelf to; several values of one kind mean any of them."""

    brands: frozenset[str] = frozenset()
    bands: frozenset[int] = frozenset()
    stars: int = 0
    sellers: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.brands or self.bands or self.stars or self.sellers)


def attribute_text(attributes: Mapping[str, Any]) -> str:
    """The values of a product's attributes as one text to search in."""
    return " ".join(str(value) for value in attributes.values())


def checked_title(text: str) -> str:
    """A product's title with single blanks; raises InvalidInput."""
    title = " ".join(text.split())
    if not 3 <= len(title) <= 160:
        raise InvalidInput("Write a title of 3 to 160 letters.")
    return title
