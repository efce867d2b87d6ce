"""The prices in force: what is written in code and settings, with what two admins agreed on over it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, g
from sqlalchemy import select

from core.db import db
from finance import products
from finance.capital import terms as capital
from finance.capital.terms import Terms
from finance.pricing import setting
from finance.pricing.models import DONE, PriceVersion
from finance.pricing.setting import INSTALLMENTS, LINE, SELLERS, Setting
from finance.products import Installments, Line

_KNOWN = "prices_in_force"


def place() -> tuple[str, str]:
    """(regime, currency) of this mall."""
    return current_app.config["MALL_REGIME"], current_app.config["MALL_CURRENCY"]


@dataclass(frozen=True, slots=True)
class InForce:
    """A version that two admins agreed on."""

    number: int
    data: dict[str, Any]


Places = dict[tuple[str, str], dict[str, InForce]]


def in_force(regime: str, currency: str) -> dict[str, InForce]:
    """The version of each product that two agreed on last; read once in a request."""
    known: Places = g.setdefault(_KNOWN, {})
    if (regime, currency) not in known:
        know(regime, currency, _read(regime, currency))
    return known[regime, currency]


def know(regime: str, currency: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep what was read for this request: product, number and data, the oldest first."""
    known: Places = g.setdefault(_KNOWN, {})
    known[regime, currency] = {r["product"]: InForce(r["number"], r["data"]) for r in rows}


def forget() -> None:
    """Another version is in force from now on."""
    g.pop(_KNOWN, None)


def _read(regime: str, currency: str) -> list[Mapping[str, Any]]:
    version = PriceVersion
    query = (
        select(version.product, version.number, version.data)
        .where(version.state == DONE, version.regime == regime, version.currency == currency)
        .order_by(version.number)
    )  # few rows, and the last one of each product stays
    return [dict(row) for row in db.session.execute(query).mappings()]


def numbers(regime: str, currency: str) -> dict[str, int]:
    """The version in force by product; a product never changed is not among them."""
    return {name: found.number for name, found in in_force(regime, currency).items()}


def shelf(regime: str, currency: str) -> tuple[Installments, ...]:
    """Every product for shoppers, at the price in force."""
    found, by = products.shelf(regime, currency), _setting(INSTALLMENTS, regime, currency)
    if by is None:
        return found
    return tuple(
        setting.on_installments(each, by) if each.name == INSTALLMENTS else each for each in found
    )


def line(regime: str, currency: str) -> Line | None:
    """B4 at the price in force; None where it is not sold."""
    found, by = products.line(regime, currency), _setting(LINE, regime, currency)
    return setting.on_line(found, by) if found and by else found


def terms(regime: str, currency: str) -> Terms:
    """Sellers' terms at the prices in force."""
    found = capital.terms_of(regime, currency)
    for name in SELLERS:
        by = _setting(name, regime, currency)
        found = setting.on_terms(found, name, by) if by else found
    return found


def of_product(product: str, regime: str, currency: str) -> Setting | None:
    """A product's price in force; None where it is not sold."""
    if product == INSTALLMENTS:
        return setting.of_installments(shelf(regime, currency)[-1])
    if product == LINE:
        found = line(regime, currency)
        return setting.of_line(found) if found else None
    return setting.of_terms(terms(regime, currency), product)


def _setting(product: str, regime: str, currency: str) -> Setting | None:
    found = in_force(regime, currency).get(product)
    return Setting(**found.data) if found else None
