"""Banks that fund loans, and the order they are asked in."""

from itertools import count
from typing import Any

from sqlalchemy import select

from core.db import db
from core.money import Money
from core.use_case import use_case
from finance.funding import changes, members
from finance.funding.models import Funder, FunderMember, Participation, WaterfallStep
from mall.accounts.invitations import choose_password
from tests.factories.people import PASSWORD

_number = count(1)


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


def make_banker(bank: Funder, name: str = "Banker") -> Any:
    """Someone who signs in for the bank; they have chosen their password."""
    address = f"{bank.code.lower()}-{next(_number)}@example.com"
    invited = members.invite(bank.code, address, name, by=0)
    return choose_password(invited.path.rpartition("/")[2], PASSWORD)


def two_bankers() -> dict[str, Any]:
    """Of a bank that lends half of each plan, and of one that lends nothing."""
    walk, other = make_bank("WALK", Money(10_000_000, "CNY")), make_bank("OTHER", Money(1, "CNY"))
    make_waterfall("installments", (walk, 50))
    return {"bank": make_banker(walk), "other_bank": make_banker(other)}


def rows_of_banks() -> dict[tuple[str, str], Any]:
    """What the arguments of banks' pages stand for, once a plan was lent (tests/test_route_walk.py)."""
    part = select(Participation.code).where(Participation.funder_id.is_not(None))
    data = {"price_ppm": 50_000, "committed": 20_000_000}
    banker = db.session.scalars(select(FunderMember.person_id).order_by(FunderMember.id)).first()
    proposed = changes.propose("terms", "WALK", data, why="it has more", by=banker or 0).id
    invited = members.invite("WALK", "invited@example.com", "Invited", by=1)
    return {
        ("/bank", "code"): db.session.scalars(part).first(),
        ("/bank", "product"): "installments",
        ("/bank", "change_id"): proposed,
        ("/invited", "token"): invited.path.rpartition("/")[2],
        ("/admin/funding", "code"): "WALK",
        ("/admin/funding", "word"): "grant",
        ("/admin/funding/banks", "word"): "pause",
        ("/admin/funding", "member_id"): db.session.scalars(select(FunderMember.id)).first(),
        ("/admin/funding", "change_id"): proposed,
    }
