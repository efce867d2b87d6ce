"""What a demo mall sells: shelves, shops and products, made from one seed."""

from demo.goods.making import catalog
from demo.goods.model import Catalog, Category, Good, GoodVariant, Shop

__all__ = ["Catalog", "Category", "Good", "GoodVariant", "Shop", "catalog"]
