"""Banks that fund loans, and the order they are asked in."""

from core.db import db
from core.money import Money
from core.use_case import use_case
from finance.funding.models import Funder, WaterfallStep


@use_case
def make_bank(code: str, committed: Money, *, price_ppm: int = 60_000) -> Funder:
    """A bank that has committed so much."""
    bank = Funder(
        code=code,
        name=f"Bank {code.title()}",
        currency=committed.currency,
        price_ppm=price_ppm,
        committed=committed.minor,
    )
    db.session.add(bank)
    db.session.flush()
    return bank


@use_case
def make_waterfall(
    product: str, *steps: tuple[Funder, int], grades: str = "", most: int = 10**12
) -> list[WaterfallStep]:
    """(bank, share in per cent), in order; each at its own price."""
    made = [
        WaterfallStep(
            product=product,
            currency=bank.currency,
            position=place,
            funder_id=bank.id,
            share_ppm=percent * 10_000,
            price_ppm=bank.price_ppm,
            grades=grades,
            most=most,
        )
        for place, (bank, percent) in enumerate(steps, 1)
    ]
    db.session.add_all(made)
    db.session.flush()
    return made
