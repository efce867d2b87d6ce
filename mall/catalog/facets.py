"""The choices beside a shelf, each a link that turns it on or off."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from core.money import Money
from core.web import money
from mall.catalog.rules import PRICE_BANDS, SORTS, Filters
from mall.catalog.shelf import Facets

OPTIONS_SHOWN = 12
Args = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: what it is called, what it would leave, and where it leads."""

    label: str
    count: int
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Choices of one kind."""

    title: str
    options: tuple[Option, ...]


def filters_of(args: Iterable[tuple[str, str]]) -> tuple[Filters, str, int]:
    """Filters, sort and page as the address says; what makes no sense is left out."""
    given: dict[str, list[str]] = {}
    for name, value in args:
        given.setdefault(name, []).append(value)
    numbers = {
        name: [int(v) for v in given.get(name, []) if v.isascii() and v.isdecimal()]
        for name in ("price", "stars", "page")
    }
    filters = Filters(
        frozenset(given.get("brand", [])[:20]),
        frozenset(band for band in numbers["price"] if band <= len(PRICE_BANDS)),
        next((stars for stars in numbers["stars"] if 1 <= stars <= 5), 0),
        frozenset(given.get("seller", [])[:20]),
    )
    sort = next((s for s in given.get("sort", []) if s in SORTS), "best")
    page = next((min(page, 10_000) for page in numbers["page"]), 1)
    return filters, sort, page


def groups(facets: Facets, filters: Filters, args: Args, path: str, currency: str) -> list[Group]:
    """The kinds of choices that would leave something, with what is chosen always among them."""

    def option(name: str, value: str, label: str, count: int, chosen: bool) -> Option:
        return Option(label, count, _toggled(path, args, name, value), chosen)

    brands = _shown(facets.brands, filters.brands)
    shops = _shown(facets.sellers, {key for key in facets.sellers if key[0] in filters.sellers})
    made = [
        Group("Price", tuple(
            option("price", str(band), _band(band, currency), facets.bands.get(band, 0),
                   band in filters.bands)
            for band in range(len(PRICE_BANDS) + 1)
            if facets.bands.get(band) or band in filters.bands)),
        Group("Brand", tuple(
            option("brand", name, name, facets.brands.get(name, 0), name in filters.brands)
            for name in brands)),
        Group("Reviews", tuple(
            option("stars", str(least), f"{least} stars and up", facets.stars_and_up(least),
                   filters.stars == least)
            for least in (4, 3) if facets.stars_and_up(least) or filters.stars == least)),
        Group("Shop", tuple(
            option("seller", slug, name, facets.sellers.get((slug, name), 0),
                   slug in filters.sellers)
            for slug, name in shops)),
    ]  # fmt: skip
    return [
        group for group in made if len(group.options) > 1 or any(o.chosen for o in group.options)
    ]


def sorts(args: Args, path: str, sort: str, *, search: bool) -> list[Option]:
    """The ways to sort; only a search has a best match."""
    names = {name: label for name, label in SORTS.items() if search or name != "best"}
    shown = sort if sort in names else "popular"
    return [
        Option(label, 0, _with(path, args, "sort", name), name == shown)
        for name, label in names.items()
    ]


def without_filters(args: Args, path: str) -> str:
    """The same shelf with nothing chosen."""
    return _url(path, [(name, value) for name, value in args if name in ("q", "sort")])


def _shown(counts: dict[Any, int], chosen: Iterable[Any]) -> list[Any]:
    """The most frequent, and what is chosen though it is rare."""
    first = list(counts)[:OPTIONS_SHOWN]
    return first + sorted(key for key in chosen if key not in first)


@lru_cache
def _band(band: int, currency: str) -> str:
    ends = [money(Money(end, currency)).removesuffix(".00") for end in PRICE_BANDS]
    if band == 0:
        return f"Under {ends[0]}"
    return f"{ends[-1]} and more" if band == len(ends) else f"{ends[band - 1]} to {ends[band]}"


def _toggled(path: str, args: Args, name: str, value: str) -> str:
    kept = [pair for pair in args if pair[0] != "page" and pair != (name, value)]
    if (name, value) in args:
        return _url(path, kept)
    if name == "stars":
        kept = [pair for pair in kept if pair[0] != "stars"]
    return _url(path, [*kept, (name, value)])


def _with(path: str, args: Args, name: str, value: str) -> str:
    kept = [pair for pair in args if pair[0] not in ("page", name)]
    return _url(path, [*kept, (name, value)])


def _url(path: str, args: Args) -> str:
    return f"{path}?{urlencode(args)}" if args else path
