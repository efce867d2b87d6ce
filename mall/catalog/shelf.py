"""A shelf: the products of a category, a shop or a search, narrowed, sorted, counted and paged."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from core.db import db
from core.money import Money
from mall.catalog.models import Product, Variant
from mall.catalog.rules import (
    PAGE_SIZE,
    PRICE_BANDS,
    Filters,
    text_search_query,
    wanted_words,
)
from mall.catalog.spelling import correct
from mall.feedback.models import Favorite
from mall.sellers.models import Seller, SellerState

PAGES_MAX = 500
EVERYTHING = Filters()


@dataclass(frozen=True, slots=True)
class Tile:
    """A product as a shelf shows it; `favorite` is None for guests."""

    id: int
    slug: str
    title: str
    seller: str
    picture: str | None
    price: Money
    sold: int
    review_count: int
    review_sum: int
    in_stock: bool
    favorite: bool | None

    @property
    def stars(self) -> Any:
        """The mean verdict, None without one; only to be looked at."""
        return self.review_sum / self.review_count if self.review_count else None


@dataclass(frozen=True, slots=True)
class Facets:
    """How many products each further choice would leave, the other choices standing.

    brands   name → count;  sellers  (slug, name) → count
    bands    place in PRICE_BANDS → count;  stars  whole stars (floor of the mean) → count
    """

    brands: dict[str, int] = field(default_factory=dict)
    sellers: dict[tuple[str, str], int] = field(default_factory=dict)
    bands: dict[int, int] = field(default_factory=dict)
    stars: dict[int, int] = field(default_factory=dict)
    total: int = 0

    def stars_and_up(self, least: int) -> int:
        return sum(count for stars, count in self.stars.items() if stars >= least)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a shelf; `corrected` is what was searched instead of mistyped words."""

    tiles: tuple[Tile, ...]
    facets: Facets
    page: int
    corrected: str = ""

    @property
    def total(self) -> int:
        return self.facets.total

    @property
    def pages(self) -> int:
        return max(1, min(PAGES_MAX, -(-self.total // PAGE_SIZE)))


def listing(
    *,
    category_id: int | None = None,
    words: str = "",
    seller_id: int | None = None,
    sort: str = "best",
    filters: Filters = EVERYTHING,
    page: int = 1,
    viewer_id: int | None = None,
) -> Page:
    """A shelf in two queries (four when nothing is found and a word seems mistyped)."""
    place = [Product.listed_at.is_not(None), Seller.state == SellerState.APPROVED]
    if category_id is not None:
        place.append(Product.category_id == category_id)
    if seller_id is not None:
        place.append(Product.seller_id == seller_id)
    wanted, corrected = wanted_words(words), ""
    if words.strip() and not wanted:
        return Page((), Facets(), 1)
    facets = _facets([*place, *_matches(wanted)], filters)
    if wanted and not facets.total and not filters:
        corrected = correct(wanted)
        if corrected:
            wanted = wanted_words(corrected)
            facets = _facets([*place, *_matches(wanted)], filters)
    if not facets.total:
        return Page((), facets, 1)
    page = max(1, min(page, PAGES_MAX, -(-facets.total // PAGE_SIZE)))
    found = and_(*place, *_matches(wanted), _narrowed(filters))
    order = _order(sort, corrected or words)
    tiles = tiles_where(found, order, PAGE_SIZE, (page - 1) * PAGE_SIZE, viewer_id)
    return Page(tiles, facets, page, corrected)


def tiles_where(
    condition: ColumnElement[bool],
    order: Sequence[Any],
    limit: int,
    offset: int = 0,
    viewer_id: int | None = None,
) -> tuple[Tile, ...]:
    """Products of approved shops that are on sale, in one query."""
    liked: Any = literal(None)
    if viewer_id is not None:
        liked = exists().where(Favorite.product_id == Product.id, Favorite.person_id == viewer_id)
    in_stock = exists().where(Variant.product_id == Product.id, Variant.on_hand > Variant.reserved)
    rows = db.session.execute(
        select(
            Product.id,
            Product.slug,
            Product.title,
            Seller.name,
            Product.picture,
            Product.price_from,
            Product.sold,
            Product.review_count,
            Product.review_sum,
            in_stock,
            liked,
        )
        .join(Seller, Seller.id == Product.seller_id)
        .where(Product.listed_at.is_not(None), Seller.state == SellerState.APPROVED, condition)
        .order_by(*order)
        .limit(limit)
        .offset(offset)
    ).all()
    currency = current_app.config["MALL_CURRENCY"]
    return tuple(Tile(*row[:5], Money(row[5], currency), *row[6:]) for row in rows)


def _matches(wanted: list[str]) -> list[ColumnElement[bool]]:
    if not wanted:
        return []
    query = func.to_tsquery(literal_column("'simple'"), text_search_query(wanted))
    return [Product.search.op("@@")(query)]


def _order(sort: str, words: str) -> tuple[Any, ...]:
    orders: dict[str, tuple[Any, ...]] = {
        "popular": (Product.sold.desc(), Product.id.desc()),
        "new": (Product.listed_at.desc().nulls_last(), Product.id.desc()),
        "rating": (Product.verdict.desc(), Product.id.desc()),
        "cheap": (Product.price_from, Product.id),
        "dear": (Product.price_from.desc(), Product.id.desc()),
    }
    if sort in orders:
        return orders[sort]
    if not words.strip():
        return orders["popular"]
    in_title = Product.title.icontains(words.strip(), autoescape=True)
    return (case((in_title, 0), else_=1), Product.sold.desc(), Product.id.desc())


def _band() -> ColumnElement[int]:
    return func.width_bucket(
        Product.price_from, cast(array(PRICE_BANDS), ARRAY(Product.price_from.type))
    )


def _choices(filters: Filters) -> dict[str, ColumnElement[bool]]:
    """Each kind of choice as a condition; true where nothing was chosen."""
    enough = and_(
        Product.review_count > 0, Product.review_sum >= filters.stars * Product.review_count
    )
    return {
        "brand": Product.brand.in_(filters.brands) if filters.brands else true(),
        "band": _band().in_(filters.bands) if filters.bands else true(),
        "stars": enough if filters.stars else true(),
        "seller": Seller.slug.in_(filters.sellers) if filters.sellers else true(),
    }


def _narrowed(filters: Filters) -> ColumnElement[bool]:
    return and_(true(), *_choices(filters).values())


def _shelf(place: Sequence[ColumnElement[bool]], filters: Filters) -> CTE:
    chosen = _choices(filters)
    stars = case((Product.review_count > 0, Product.review_sum // Product.review_count), else_=0)
    return (
        select(
            Product.brand.label("brand"),
            Seller.slug.label("slug"),
            Seller.name.label("name"),
            _band().label("band"),
            cast(stars, Integer).label("stars"),
            *(condition.label(f"ok_{kind}") for kind, condition in chosen.items()),
        )
        .join(Seller, Seller.id == Product.seller_id)
        .where(*place)
        .cte("shelf")
    )


def _facets(place: Sequence[ColumnElement[bool]], filters: Filters) -> Facets:
    """All counts in one pass: each kind is counted as if nothing of its own kind were chosen."""
    shelf = _shelf(place, filters).c
    kinds = ("brand", "band", "stars", "seller")

    def count_without(kind: str) -> ColumnElement[int]:
        others = [shelf[f"ok_{other}"] for other in kinds if other != kind]
        return func.count().filter(and_(*others))

    everything = func.count().filter(and_(*(shelf[f"ok_{kind}"] for kind in kinds)))
    seller = tuple_(shelf.slug, shelf.name)
    rows = db.session.execute(
        select(
            func.grouping(shelf.brand, shelf.band, shelf.stars, shelf.slug),
            shelf.brand,
            shelf.band,
            shelf.stars,
            shelf.slug,
            shelf.name,
            *(count_without(kind) for kind in kinds),
            everything,
        ).group_by(
            func.grouping_sets(
                tuple_(shelf.brand), tuple_(shelf.band), tuple_(shelf.stars), seller, tuple_()
            )
        )
    ).all()
    return _read(rows)


def _read(rows: Sequence[Any]) -> Facets:
    # GROUPING has a bit for each column that is *not* grouped by, the first one highest
    brands, bands, stars, sellers, total = {}, {}, {}, {}, 0
    for which, brand, band, star, slug, name, by_brand, by_band, by_stars, by_seller, every in rows:
        if which == 0b0111 and brand and by_brand:
            brands[brand] = by_brand
        elif which == 0b1011 and by_band:
            bands[band] = by_band
        elif which == 0b1101 and by_stars:
            stars[star] = by_stars
        elif which == 0b1110 and by_seller:
            sellers[slug, name] = by_seller
        elif which == 0b1111:
            total = every
    by_count = dict(sorted(brands.items(), key=lambda item: (-item[1], item[0])))
    shops = dict(sorted(sellers.items(), key=lambda item: (-item[1], item[0][1])))
    return Facets(by_count, shops, bands, stars, total)
