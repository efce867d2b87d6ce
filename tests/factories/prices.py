"""Prices that wait for another admin."""

from typing import Any

from finance.pricing import current, versions
from finance.pricing.models import PriceVersion
from tests.factories.people import make_admin


def make_proposal(product: str = "term_loan") -> PriceVersion:
    """The price as it is, proposed again."""
    regime, currency = current.place()
    wanted = current.of_product(product, regime, currency)
    assert wanted
    return versions.propose(product, regime, currency, wanted, why="As it was.", by=make_admin().id)


def rows_to_walk() -> dict[tuple[str, str], Any]:
    """What the routes of prices are walked with."""
    path = "/admin/lending/prices"
    return {
        (path, "product"): "installments",
        (path, "version_id"): make_proposal().id,
        (path, "word"): "grant",
    }
