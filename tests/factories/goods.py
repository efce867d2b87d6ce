"""Goods: products with prices and stock, and shelves to put them on."""

from collections.abc import Sequence
from typing import Any

from core.money import Money
from mall.catalog import services
from mall.catalog.models import Product
from mall.catalog.rules import NewVariant
from mall.sellers.models import Seller
from tests.factories.people import make_seller


def yuan(text: str) -> Money:
    """`yuan("12.50")`."""
    return Money.parse(text, "CNY")


def make_product(
    seller: Seller | None = None,
    price: str = "100.00",
    stock: int = 5,
    title: str = "Blue mug",
    category: str = "kitchen",
    variants: Sequence[NewVariant] = (),
    **more: Any,
) -> Product:
    """A product on sale; with one variant unless `variants` are given."""
    services.add_category(category, category.title())
    return services.add_product(
        (seller or make_seller()).id,
        title=title,
        category=category,
        variants=variants or [NewVariant(yuan(price), stock, weight_grams=400)],
        **more,
    )
