"""Who the sellers and buyers of another shop's records are here."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db
from mall.accounts.models import Person, Role
from mall.history.models import HistoryParty
from mall.history.rules import HistoryRow
from mall.sellers.models import Seller, SellerState


@dataclass(frozen=True, slots=True)
class Who:
    """Ids by the records' keys."""

    sellers: dict[str, int]
    buyers: dict[str, int]

    def seller(self, row: HistoryRow) -> int:
        return self.sellers[row.seller]

    def buyer(self, row: HistoryRow) -> int | None:
        return self.buyers.get(row.buyer)


def find_or_make(source: str, rows: Iterable[HistoryRow], currency: str) -> Who:
    """The parties of these rows; those never seen from this source become people and shops."""
    rows = list(rows)
    first: dict[str, Any] = {}
    for row in rows:
        if row.buyer:
            first.setdefault(row.buyer, row.times["paid_at"])
    sellers = _known(source, "seller", {row.seller for row in rows})
    buyers = _known(source, "buyer", set(first))
    new_sellers = sorted({row.seller for row in rows} - set(sellers))
    sellers |= {key: _make_seller(source, key) for key in new_sellers}
    buyers |= _make_buyers(source, {key: at for key, at in first.items() if key not in buyers})
    return Who(sellers, buyers)


def count(source: str) -> tuple[int, int]:
    """How many sellers and buyers came from this source."""
    query = select(HistoryParty.kind, func.count()).where(HistoryParty.source == source)
    found = {k: v for k, v in db.session.execute(query.group_by(HistoryParty.kind))}
    return found.get("seller", 0), found.get("buyer", 0)


def _known(source: str, kind: str, keys: set[str]) -> dict[str, int]:
    query = select(HistoryParty.key, HistoryParty.subject_id).where(
        HistoryParty.source == source, HistoryParty.kind == kind, HistoryParty.key.in_(keys)
    )
    return {k: v for k, v in db.session.execute(query)}


def _make_seller(source: str, key: str) -> int:
    owner = Person(name=key, role=Role.SELLER)
    db.session.add(owner)
    db.session.flush()
    slug = "".join(c if c.isalnum() else "-" for c in key.lower()).strip("-") or "shop"
    taken = select(func.count()).where((Seller.name == key) | (Seller.slug == slug))
    if db.session.scalar(taken):
        slug = f"{slug}-{ids.code('i', 6).lower()}"
        key = f"{key} ({slug[-6:]})"
    seller = Seller(
        owner_id=owner.id,
        name=key[:80],
        slug=slug[:80],
        imported_from=source,
        state=SellerState.APPROVED,
        decided_at=clock.now(),
        decision_note="imported with its order history",
    )
    db.session.add(seller)
    db.session.flush()
    db.session.add(HistoryParty(source=source, kind="seller", key=owner.name, subject_id=seller.id))
    return seller.id


def _make_buyers(source: str, since: dict[str, Any]) -> dict[str, int]:
    """People without e-mail addresses, as old as their first order."""
    made = {key: ids.new_id() for key in since}
    if not made:
        return {}
    people = [
        {
            "id": made[key],
            "created_at": at,
            "name": f"Shopper {key}"[:80],
            "role": Role.SHOPPER,
            "verified_level": 0,
        }
        for key, at in since.items()
    ]
    db.session.execute(insert(Person), people)
    rows = [
        {
            "id": ids.new_id(),
            "created_at": clock.now(),
            "source": source,
            "kind": "buyer",
            "key": key,
            "subject_id": made[key],
        }
        for key in since
    ]
    db.session.execute(insert(HistoryParty), rows)
    return made
