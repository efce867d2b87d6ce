"""What sellers do with their goods; stock itself is in `stock.py`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db, get, one
from core.errors import InvalidInput, NotAllowed, NotFound
from core.use_case import use_case
from mall.catalog import changes, once_a_form, queries
from mall.catalog.models import (
    Category,
    Product,
    ProductPicture,
    SearchWord,
    Variant,
)
from mall.catalog.rules import (
    PICTURES_MAX,
    NewVariant,
    attribute_text,
    check_variants,
    checked_title,
    slug_of,
    trigrams,
    words_of,
)
from mall.catalog.stock import (
    adjust_stock,
    count_stock,
    first_stock,
    put_back,
    receive_stock,
    release,
    release_expired,
    reserve,
    take,
)
from mall.sellers.models import Seller, SellerState
from mall.taxes.rules import STANDARD, checked_class

__all__ = [
    "add_category",
    "add_product",
    "adjust_stock",
    "change_product",
    "correct",
    "count_stock",
    "put_back",
    "receive_stock",
    "release",
    "release_expired",
    "reserve",
    "set_price",
    "take",
]


@use_case
def add_category(slug: str, name: str, blurb: str = "", position: int = 0) -> Category:
    """A shelf of the mall; one that is there already gets the new words."""
    words = {"name": name, "blurb": blurb, "position": position}
    db.session.execute(
        insert(Category)
        .values(id=ids.new_id(), created_at=clock.now(), slug=slug, **words)
        .on_conflict_do_update(index_elements=["slug"], set_=words)
    )
    queries.forget_categories()
    category: Category = one(
        select(Category).where(Category.slug == slug).execution_options(populate_existing=True)
    )
    return category


@use_case
def add_product(
    seller_id: int,
    *,
    title: str,
    category: str,
    variants: Sequence[NewVariant],
    brand: str = "",
    summary: str = "",
    description: str = "",
    attributes: Mapping[str, Any] | None = None,
    pictures: Sequence[tuple[str, str]] = (),
    listed: bool = True,
    tax_class: str = STANDARD,
    key: str = "",
) -> Product:
    """Something new from an approved seller.

    category   the shelf's slug
    variants   1 to 60; pictures: (digest, what it shows); of both the first is its face
    listed     on sale at once
    tax_class  standard, reduced or zero: which rate its price contains
    key        of the form: the same one makes one product
    """
    _approved(seller_id)
    if key and (before := once_a_form.made_by(seller_id, key)):
        return before
    product = Product(
        seller_id=seller_id,
        form_key=key or None,
        category_id=_category(category).id,
        tax_class=checked_class(tax_class),
        slug=_new_slug(title),
        title=checked_title(title),
        brand=brand.strip(),
        summary=summary.strip(),
        description=description.strip(),
        attributes=dict(attributes or {}),
        listed_at=clock.now() if listed else None,
    )
    if (known := once_a_form.saved(product)) is not product:
        return known
    _set_variants(product, check_variants(variants))
    if listed:
        changes.shelved(product)
    _set_pictures(product, pictures)
    _index(product)
    return product


@use_case
def change_product(
    product_id: int,
    seller_id: int,
    *,
    category: str | None = None,
    variants: Sequence[NewVariant] | None = None,
    pictures: Sequence[tuple[str, str]] | None = None,
    listed: bool | None = None,
    stock_changes: Mapping[int, int] | None = None,
    key: str = "",
    **texts: Any,
) -> Product:
    """Change one's own product; what is not given stays. A variant without `id` is new; the
    `on_hand` of those that are there counts for nothing: their stock moves by `stock_changes`.

    texts           title, brand, summary, description, attributes, tax_class
    stock_changes   variant id → units more (or fewer) than before
    key             of the form: the same one changes stock once
    """
    product = _own(product_id, seller_id)
    for name in ("brand", "summary", "description", "attributes"):
        if name in texts:
            setattr(product, name, texts[name])
    if "tax_class" in texts:
        product.tax_class = checked_class(texts["tax_class"])
    if "title" in texts:
        product.title = checked_title(texts["title"])
    if category is not None:
        product.category_id = _category(category).id
    if listed is not None and listed != (product.listed_at is not None):
        if listed:
            _approved(seller_id)
        product.listed_at = clock.now() if listed else None
        changes.shelved(product)
    if variants is not None:
        _set_variants(product, check_variants(variants))
    for variant_id, change in sorted((stock_changes or {}).items()):
        adjust_stock(variant_id, seller_id, change, key=key)
    if pictures is not None:
        _set_pictures(product, pictures)
    _index(product)
    return product


@use_case
def set_price(variant_id: int, seller_id: int, minor: int) -> None:
    """Change the price of one's own variant, in minor units; carts show the change."""
    if minor <= 0:
        raise InvalidInput("Every variant needs a price above zero.")
    found = select(Variant).where(Variant.id == variant_id, Variant.seller_id == seller_id)
    variant: Variant = one(found)
    product = _own(variant.product_id, seller_id)
    changes.priced(variant, minor)
    product.price_from = min(v.price for v in product.variants)


@use_case
def correct(
    variant_id: int,
    seller_id: int,
    *,
    stock_change: int = 0,
    price_minor: int | None = None,
    key: str = "",
) -> None:
    """Stock and price of one's own variant in one go, as in the seller's list; a key counts once."""
    if price_minor is not None:
        set_price(variant_id, seller_id, price_minor)
    adjust_stock(variant_id, seller_id, stock_change, key=key)


def _approved(seller_id: int) -> None:
    if get(Seller, seller_id).state != SellerState.APPROVED:
        raise NotAllowed("Your shop is not open: the mall has to approve it first.")


def _own(product_id: int, seller_id: int) -> Product:
    product: Product = one(
        select(Product)
        .where(Product.id == product_id, Product.seller_id == seller_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return product


def _category(slug: str) -> Category:
    category = db.session.scalars(select(Category).where(Category.slug == slug)).one_or_none()
    if category is None:
        raise NotFound("There is no such category.")
    return category


def _new_slug(title: str) -> str:
    return f"{slug_of(title) or 'item'}-{ids.code('', 5)[1:].lower()}"


def _set_variants(product: Product, wanted: list[NewVariant]) -> None:
    """Those that are there are changed, new ones added; what was sold once is never deleted."""
    there = {variant.id: variant for variant in product.variants}
    fresh: dict[Variant, int] = {}
    for position, new in enumerate(wanted):
        variant = there.get(new.id) if new.id else None
        if new.id and variant is None:
            raise NotFound("There is no such variant of this product.")
        if variant is None:
            variant = _new_variant(product, new)
            fresh[variant] = new.on_hand
        variant.label, variant.options = new.label.strip(), dict(new.options)
        if variant not in fresh:
            changes.priced(variant, new.price.minor)
        variant.price, variant.currency = new.price.minor, new.price.currency
        variant.weight_grams, variant.position = new.weight_grams, position
        variant.picture = new.picture
    product.variants.extend(fresh)
    product.price_from = min(variant.price for variant in product.variants)
    db.session.flush()
    for variant in fresh:
        changes.began(variant)
    first_stock(fresh)


def _new_variant(product: Product, new: NewVariant) -> Variant:
    return Variant(
        seller_id=product.seller_id,
        sku=new.sku.strip() or ids.code("SKU", 8),
        on_hand=0,
        reserved=0,
    )


def _set_pictures(product: Product, pictures: Sequence[tuple[str, str]]) -> None:
    if len(pictures) > PICTURES_MAX:
        raise InvalidInput(f"A product shows at most {PICTURES_MAX} pictures.")
    before = select(ProductPicture).where(ProductPicture.product_id == product.id)
    if there := db.session.scalars(before).all():
        for old in there:
            db.session.delete(old)
        db.session.flush()  # their places are free only then
    for position, (digest, alt) in enumerate(pictures):
        db.session.add(
            ProductPicture(product_id=product.id, digest=digest, alt=alt, position=position)
        )
    product.picture = pictures[0][0] if pictures else None


def _index(product: Product) -> None:
    """Keep what is searched beside the product, and its words where mistyped ones are looked up."""
    category = db.session.get_one(Category, product.category_id)  # mostly known already
    words = words_of(
        product.title,
        product.brand,
        category.name,
        attribute_text(product.attributes),
        *(variant.label for variant in product.variants),
    )
    product.words = " ".join(words)
    db.session.flush()
    _learn(word for word in words if len(word) >= 3)


def _learn(words: Iterable[str]) -> None:
    # in alphabetical order: two sellers who add the same words never wait for each other in a ring
    rows = [
        {"id": ids.new_id(), "created_at": clock.now(), "word": w, "pieces": trigrams(w)}
        for w in sorted(set(words))
    ]
    if rows:
        db.session.execute(insert(SearchWord).on_conflict_do_nothing(), rows)
