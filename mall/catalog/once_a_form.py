"""One product a form, however often it is sent and from however many tabs."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.db import db
from mall.catalog.models import Product


def made_by(seller_id: int, key: str) -> Product | None:
    """The product that this form of the seller's has made, if it has."""
    query = select(Product).where(Product.seller_id == seller_id, Product.form_key == key)
    return db.session.scalars(query).one_or_none()


def saved(product: Product) -> Product:
    """The new product, or the one that another click of the same form has made meanwhile."""
    seller_id, key = product.seller_id, product.form_key
    if not key:
        db.session.add(product)
        db.session.flush()
        return product
    try:
        with db.session.begin_nested():
            db.session.add(product)
    except IntegrityError:  # the other click has been waited for
        if known := made_by(seller_id, key):
            return known
        raise
    return product
