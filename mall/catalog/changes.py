"""What a shop does to its goods, written down beside it: prices, on and off the shelf."""

from core.db import db
from mall.catalog.models import GoodsEvent, Product, Variant


def priced(variant: Variant, minor: int) -> None:
    """Give a variant that is there another price, in minor units; the same one is no change."""
    if variant.price != minor:
        _write(variant.seller_id, variant.product_id, "priced", variant.id, minor, variant.price)
        variant.price = minor


def began(variant: Variant) -> None:
    """The first price of a new variant."""
    _write(variant.seller_id, variant.product_id, "priced", variant.id, variant.price)


def shelved(product: Product) -> None:
    """A product came onto the shelf or left it."""
    _write(product.seller_id, product.id, "listed" if product.listed_at else "unlisted")


def _write(
    seller_id: int,
    product_id: int,
    kind: str,
    variant_id: int | None = None,
    price: int | None = None,
    before: int | None = None,
) -> None:
    db.session.add(
        GoodsEvent(
            seller_id=seller_id,
            product_id=product_id,
            variant_id=variant_id,
            kind=kind,
            price=price,
            before=before,
        )
    )
