"""Changing a price: one admin proposes a version, another lets it come into force."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from core import clock
from core.db import db, get
from core.errors import Conflict, InvalidInput, NotFound
from core.money import MILLION
from core.use_case import use_case
from finance import products
from finance.capital import terms as capital
from finance.pricing import current, setting, tables
from finance.pricing.formula import YEAR
from finance.pricing.models import DONE, PROPOSED, REFUSED, PriceVersion
from finance.pricing.setting import ALL, INSTALLMENTS, LINE, PRODUCTS, Setting
from finance.pricing.tables import Row


class SamePerson(Conflict):
    message = "Who proposes a price cannot decide on it: ask another admin."


class DecidedBefore(Conflict):
    message = "This was decided before."


class ProposedAlready(Conflict):
    message = "Another price of this product waits for a decision; decide on that first."


class AboveTheCap(InvalidInput):
    message = "{term}, grade {grade}: {apr} a year is more than the cap of {cap}. Ask for less."


@use_case
def propose(
    product: str, regime: str, currency: str, wanted: Setting, *, why: str, by: int
) -> PriceVersion:
    """Write a price down for another admin.

    Raises NotFound for a product not sold there, InvalidInput (AboveTheCap) for a price that
    cannot be, and ProposedAlready.
    """
    if len(why.strip()) < 3:
        raise InvalidInput("Say why, for the record.")
    check(product, regime, currency, wanted)
    if any(each.product == product for each in waiting(regime, currency)):
        raise ProposedAlready()
    made = PriceVersion(
        product=product,
        regime=regime,
        currency=currency,
        data=wanted.as_data(),
        why=why.strip()[:240],
        proposed_by=by,
    )
    db.session.add(made)
    db.session.flush()
    return made


@use_case
def decide(version_id: int, *, yes: bool, by: int) -> PriceVersion:
    """Another admin lets it come into force, or not; raises SamePerson, DecidedBefore."""
    version = get(PriceVersion, version_id, lock=True)
    if version.state != PROPOSED:
        raise DecidedBefore()
    if version.proposed_by == by:
        raise SamePerson()
    if yes:
        where = (version.product, version.regime, version.currency)
        check(*where, Setting(**version.data))
        version.number = _last(*where) + 1
    version.state, version.decided_by, version.decided_at = (
        DONE if yes else REFUSED,
        by,
        clock.now(),
    )
    db.session.flush()
    current.forget()
    return version


def _last(product: str, regime: str, currency: str) -> int:
    query = select(func.max(PriceVersion.number)).where(
        PriceVersion.product == product,
        PriceVersion.regime == regime,
        PriceVersion.currency == currency,
    )
    return db.session.scalar(query) or 0


def waiting(regime: str, currency: str) -> Sequence[PriceVersion]:
    """What nobody has decided on yet."""
    return history(regime, currency, PROPOSED)


def history(regime: str, currency: str, state: str = DONE) -> Sequence[PriceVersion]:
    """Versions of this place, the last first."""
    query = select(PriceVersion).where(
        PriceVersion.regime == regime,
        PriceVersion.currency == currency,
        PriceVersion.state == state,
    )
    return db.session.scalars(query.order_by(PriceVersion.id.desc())).all()


def check(product: str, regime: str, currency: str, wanted: Setting) -> None:
    """Raise InvalidInput unless this price may stand."""
    before = current.of_product(product, regime, currency) if product in PRODUCTS else None
    if before is None:
        raise NotFound()
    _check_numbers(product, wanted, before)
    ceiling = highest_cap(product, regime, currency)
    if wanted.cap_ppm > ceiling:
        text = "The rules of {regime} let nothing cost more than {cap} a year."
        raise InvalidInput(text, regime=regime, cap=tables.percent(ceiling))
    _check_set(product, wanted)
    for row in rows_of(product, regime, currency, wanted):
        if row.price.apr_ppm > wanted.cap_ppm:
            raise AboveTheCap(
                term=row.term.capitalize(),
                grade=row.grade,
                apr=tables.percent(row.price.apr_ppm),
                cap=tables.percent(wanted.cap_ppm),
            )


def _check_set(product: str, wanted: Setting) -> None:
    """A price that is set is not lowered to the cap behind anybody's back: it is refused."""
    year = {INSTALLMENTS: 0, capital.SALES_SHARE: 1}.get(product, YEAR)
    for grade, ppm in wanted.prices.items():
        if ppm * year > wanted.cap_ppm:
            raise AboveTheCap(
                term="The price",
                grade="every" if grade == ALL else grade,
                apr=tables.percent(ppm * year),
                cap=tables.percent(wanted.cap_ppm),
            )


def _check_numbers(product: str, wanted: Setting, before: Setting) -> None:
    if wanted.how not in (setting.PRESET, setting.FORMULA):
        raise InvalidInput("A price is set, or worked out by the formula.")
    parts = (wanted.funding_ppm, wanted.service_ppm, wanted.margin_ppm, wanted.loss_ppm)
    every = (*parts, *wanted.prices.values(), *wanted.pd_ppm.values())
    if not all(0 <= ppm <= MILLION for ppm in every):
        raise InvalidInput("Each part of a price is between 0 and 100 %.")
    if set(wanted.prices) != set(before.prices) or set(wanted.pd_ppm) != set(before.pd_ppm):
        raise InvalidInput("Give a price for every grade.")
    if before.prices.get(ALL) and not wanted.prices[ALL]:
        raise InvalidInput("A price of nothing is a campaign, not a price.")


def highest_cap(product: str, regime: str, currency: str) -> int:
    """What the country's rules, or our own choice where they say nothing, allow a year."""
    if product == INSTALLMENTS:
        return products.shelf(regime, currency)[-1].apr_cap_ppm
    if product == LINE:
        found = products.line(regime, currency)
        return found.rules.apr_cap_ppm if found else 0
    return setting.priced(capital.terms_of(regime, currency), product).apr_cap_ppm


def rows_of(product: str, regime: str, currency: str, by: Setting | None = None) -> list[Row]:
    """The product's prices in force, or those it would have; none where it is not sold."""
    if product == INSTALLMENTS:
        sold = current.shelf(regime, currency)[-1]
        return tables.plans(setting.on_installments(sold, by) if by else sold)
    if product == LINE:
        line = current.line(regime, currency)
        if line is None:
            return []
        return tables.lines(setting.on_line(line, by) if by else line)
    terms = current.terms(regime, currency)
    return tables.of_sellers(setting.on_terms(terms, product, by) if by else terms, product)


def as_words(version: PriceVersion) -> list[tuple[str, str]]:
    """What a version sets, for a page."""
    by: dict[str, Any] = version.data
    named = [
        ("Worked out", "by the formula" if by["how"] == setting.FORMULA else "as set"),
        ("Cost of money", by["funding_ppm"]),
        ("Running the loan", by["service_ppm"]),
        ("Capital and margin", by["margin_ppm"]),
        ("Lost in a default (LGD)", by["loss_ppm"]),
        ("Cap a year", by["cap_ppm"]),
    ]
    named += [("Price" if g == ALL else f"Price, grade {g}", p) for g, p in by["prices"].items()]
    named += [(f"PD, grade {g}", p) for g, p in by["pd_ppm"].items()]
    return [(n, v if isinstance(v, str) else exact(v)) for n, v in named]


def exact(ppm: int) -> str:
    """`0.05 %`, with as many digits as it has."""
    text = f"{ppm // 10_000}.{ppm % 10_000:04d}".rstrip("0").rstrip(".")
    return f"{text} %"
