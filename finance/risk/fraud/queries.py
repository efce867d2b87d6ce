"""Cases as pages show them: waiting ones, one with its graph and money, a shop's own orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core import clock
from core.db import db, one
from core.money import Money
from finance.capital import exposure
from finance.loans import queries as loans
from finance.risk.fraud import suspects
from finance.risk.fraud.models import ASKED, OPEN, FraudCase, FraudEvent, FraudProof, SuspectOrder
from finance.risk.fraud.signals import SELLER, Signal, signal
from mall import facts

_LATEST = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A case in a list."""

    case: FraudCase
    who: str
    orders: int
    amount: Money
    waiting: int


def open_cases() -> list[Row]:
    """Open ones, the weightiest first, then the latest closed."""
    query = select(FraudCase).options(
        selectinload(FraudCase.orders),
        selectinload(FraudCase.proofs),
        selectinload(FraudCase.holds),
    )
    found = db.session.scalars(query.order_by(FraudCase.state.desc(), FraudCase.id.desc()))
    cases = list(found.unique())[: _LATEST * 4]
    shops = facts.seller_names([c.subject_id for c in cases if c.subject == SELLER])
    people = facts.person_names([c.subject_id for c in cases if c.subject != SELLER])
    weight = {"stop": 0, "review": 1, "haircut": 2}
    ordered = sorted(cases, key=lambda c: (c.state != OPEN, weight[c.action], -c.id))
    return [_row(case, shops if case.subject == SELLER else people) for case in ordered]


def _row(case: FraudCase, names: dict[int, str]) -> Row:
    out = [o for o in case.orders if o.cleared_at is None]
    currency = current_app.config["MALL_CURRENCY"]
    return Row(
        case,
        names.get(case.subject_id, str(case.subject_id)),
        len(out),
        Money(sum(o.amount for o in out), currency),
        sum(p.state == ASKED for p in case.proofs) + sum(h.state == "proposed" for h in case.holds),
    )


def menu_counts(_person_id: int) -> dict[str, int]:
    """How many proofs wait for an answer: the badge of the menu."""
    asked = select(func.count()).where(FraudProof.state == ASKED)
    return {"/admin/fraud/": int(db.session.scalar(asked) or 0)}


@dataclass(frozen=True, slots=True)
class Hop:
    """One station of money on its way back."""

    station: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Path:
    order: str
    amount: Money
    lent: bool
    hops: tuple[Hop, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Node:
    """A dot of the drawing, in its units."""

    name: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Ring:
    """Marks on the left, accounts on the right, and who has which."""

    marks: tuple[Node, ...]
    people: tuple[Node, ...]
    edges: tuple[tuple[Node, Node], ...]
    links: tuple[tuple[str, int], ...]
    height: int


@dataclass(frozen=True, slots=True)
class CasePage:
    """All of one case; `owed` is what the shop owes over all products."""

    row: Row
    fired: tuple[tuple[Signal, int], ...]
    ring: Ring
    paths: tuple[Path, ...]
    owed: Money
    held: bool
    admins: dict[int, str]
    orders: Sequence[SuspectOrder]
    log: Sequence[FraudEvent]


def _exposure(case: FraudCase) -> int:
    """What the shop or the shopper owes and holds, minor units."""
    if case.subject == SELLER:
        shop = exposure.of(case.subject_id)
        return shop.used + shop.held if shop else 0
    shopper = loans.exposure_of(case.subject_id)
    return shopper.used if shopper else 0


def case_page(number: str) -> CasePage:
    """Raises NotFound."""
    case: FraudCase = one(select(FraudCase).where(FraudCase.number == number))
    is_shop = case.subject == SELLER
    named = facts.seller_names if is_shop else facts.person_names
    data = _last_look(case)
    currency = _currency()
    by = {p for h in case.holds for p in (h.proposed_by, h.decided_by) if p}
    steps = [e.kind for e in case.events if e.kind in ("held", "lifted")]
    return CasePage(
        row=_row(case, named([case.subject_id])),
        fired=tuple((signal(f["id"]), int(f["value"])) for f in data.get("signals", ())),
        ring=ring_of([(str(m), int(p)) for m, p in data.get("links", ())]),
        paths=tuple(_path(p, currency) for p in data.get("paths", ())),
        owed=Money(_exposure(case), currency),
        held=bool(steps) and steps[-1] == "held",
        admins=facts.person_names(by),
        orders=case.orders,
        log=case.events,
    )


def _currency() -> str:
    return str(current_app.config["MALL_CURRENCY"])


def _last_look(case: FraudCase) -> dict[str, Any]:
    """The last look that found something, for its drawing."""
    looks = [e.data for e in case.events if e.kind == "found"]
    return next((data for data in reversed(looks) if data.get("signals")), {})


def _path(data: dict[str, Any], currency: str) -> Path:
    hops = tuple(Hop(str(name), _instant(at)) for name, at in data["stations"])
    amount = Money(int(data["amount"]), currency)
    return Path(data["order"], amount, bool(data["lent"]), hops, _instant(data["at"]))


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


_STEP, _LEFT, _RIGHT, _DRAWN = 26, 120, 380, 30


def ring_of(links: list[tuple[str, int]]) -> Ring:
    """Where each mark and account stands in the drawing; at most thirty of each are drawn."""
    names = sorted({mark for mark, _ in links})[:_DRAWN]
    buyers = sorted({person for _, person in links})[:_DRAWN]
    height = _STEP * (max(len(names), len(buyers)) + 1)
    marks = {n: Node(n, _LEFT, _at(i, len(names), height)) for i, n in enumerate(names)}
    people = {b: Node(str(b), _RIGHT, _at(i, len(buyers), height)) for i, b in enumerate(buyers)}
    edges = tuple((marks[m], people[p]) for m, p in links if m in marks and p in people)
    return Ring(tuple(marks.values()), tuple(people.values()), edges, tuple(links), height)


def _at(place: int, count: int, height: int) -> int:
    return (2 * place + 1) * height // (2 * count)


@dataclass(frozen=True, slots=True)
class Suspected:
    """One order of a shop that does not count, why, and what was sent for it."""

    order: SuspectOrder
    amount: Money
    why: tuple[str, ...]
    proofs: tuple[FraudProof, ...]

    @property
    def waits(self) -> bool:
        return any(proof.state == ASKED for proof in self.proofs)


def own_orders(seller_id: int) -> list[Suspected]:
    """Suspected orders of a shop, the largest first."""
    orders = suspects.of_seller(seller_id, clock.now())
    ids = [order.order_id for order in orders]
    sent: dict[int, list[FraudProof]] = {}
    query = select(FraudProof).where(FraudProof.order_id.in_(ids)).order_by(FraudProof.id)
    for proof in db.session.scalars(query) if ids else ():
        sent.setdefault(proof.order_id, []).append(proof)
    return [
        Suspected(
            order,
            Money(order.amount, _currency()),
            tuple(signal(id).sentence for id in order.signals),
            tuple(sent.get(order.order_id, ())),
        )
        for order in sorted(orders, key=lambda o: (-o.amount, o.order_id))
    ]


def number_of(case_id: int) -> str:
    """A case's public number; raises NotFound."""
    found: str = one(select(FraudCase.number).where(FraudCase.id == case_id))
    return found
