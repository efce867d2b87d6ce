"""What two sides agree to, as data: parties, money both ways by day, price, and conditions; pure.

A contract has neither number nor time of acceptance: both come after it was read. So what a
borrower reads and what is kept have the same bytes, and the same hash.
"""

import json
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any

SCHEMA = 1
BUYER, SELLER = "buyer", "seller"
Value = int | str


class Untrue(ValueError):
    """A contract that does not agree with its own flows."""


@dataclass(frozen=True, slots=True)
class Party:
    """A person or shop by the id and name the mall knows it under."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Lender:
    """A lender of record. share_ppm of the money is its own; price_ppm a year is what it asks."""

    name: str
    share_ppm: int = 1_000_000
    price_ppm: int = 0


@dataclass(frozen=True, slots=True)
class Purchase:
    """What the money pays, minor units, and to which shop."""

    seller_id: int
    seller: str
    amount: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Money on a day, minor units: below zero the lender pays out, above it is paid back."""

    on: date
    amount: int


@dataclass(frozen=True, slots=True)
class Row:
    """One payment agreed: `principal` comes off what is owed, `fee` is its price (minor units)."""

    number: int
    due_on: date
    principal: int
    fee: int

    @property
    def payment(self) -> int:
        return self.principal + self.fee


@dataclass(frozen=True, slots=True)
class Fee:
    """Everything of one kind that the credit costs if all goes as agreed, minor units.

    when     start, row (with each payment), time (as days pass), once
    paid_by  borrower, or seller where a shop bears it
    """

    kind: str
    when: str
    amount: int
    paid_by: str = "borrower"


@dataclass(frozen=True, slots=True)
class Rates:
    """Yearly rates of the contract's own flows, in millionths.

    actuarial   Regulation Z, appendix J: unit periods a year × the rate of one
    effective   the European directive's: with compounding
    monthly     12 × the monthly rate of return
    """

    actuarial: int
    effective: int
    monthly: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A condition: what it is about, and the sentence (by its key) with the numbers in it."""

    topic: str
    key: str
    values: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, topic: str, key: str, **values: Value) -> "Clause":
        return cls(topic, key, tuple(sorted(values.items())))


@dataclass(frozen=True)
class Contract:
    """All that is agreed. Amounts in minor units of `currency`, prices in millionths.

    side          buyer, or seller
    product       installments, order_advance, sales_share, …
    principal     what is lent, before anything is kept back
    down_payment  paid by the borrower at once, not lent
    monthly_ppm   flat price a month of `principal`; yearly_ppm a year of what is left; daily_ppm
                  a day of what is used
    share_ppm     of sales that repays it
    rows          the payments agreed, none where sales or orders decide the days
    flows         all money both ways; estimated when `estimate` says under what assumption
    """

    side: str
    product: str
    regime: str
    currency: str
    on: date
    borrower: Party
    lenders: tuple[Lender, ...]
    principal: int
    flows: tuple[Flow, ...]
    rates: Rates
    fees: tuple[Fee, ...]
    clauses: tuple[Clause, ...]
    purchases: tuple[Purchase, ...] = ()
    rows: tuple[Row, ...] = ()
    down_payment: int = 0
    monthly_ppm: int = 0
    yearly_ppm: int = 0
    daily_ppm: int = 0
    share_ppm: int = 0
    estimate: Clause | None = None
    schema: int = SCHEMA

    @cached_property
    def text(self) -> str:
        """The canonical JSON: sorted keys, no spaces, whole numbers, ISO days."""
        return json.dumps(
            _plain(asdict(self)), sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the canonical JSON, in hex: what a borrower has seen, and agrees to."""
        return hash_of(self.text)

    @property
    def is_price(self) -> bool:
        """Whether it says what a shop pays for shoppers' plans: nothing is lent to anybody by it."""
        return not self.flows

    @property
    def advanced(self) -> int:
        """What reaches the borrower, or a shop for them."""
        return -sum(flow.amount for flow in self.flows if flow.amount < 0)

    @property
    def paid_back(self) -> int:
        return sum(flow.amount for flow in self.flows if flow.amount > 0)

    @property
    def cost(self) -> int:
        """What the credit costs the borrower in all."""
        return self.paid_back - self.advanced

    @property
    def payments(self) -> tuple[Flow, ...]:
        return tuple(flow for flow in self.flows if flow.amount > 0)

    def clauses_on(self, topic: str) -> tuple[Clause, ...]:
        return tuple(clause for clause in self.clauses if clause.topic == topic)

    @classmethod
    def from_text(cls, text: str) -> "Contract":
        """The contract of a canonical JSON; raises Untrue when it is of another schema."""
        data = json.loads(text)
        if data["schema"] != SCHEMA:
            raise Untrue(f"schema {data['schema']} is not known here")
        for name, kind in _PARTS.items():
            data[name] = tuple(_made(kind, part) for part in data[name])
        data["borrower"] = Party(**data["borrower"])
        data["rates"] = Rates(**data["rates"])
        data["on"] = date.fromisoformat(data["on"])
        data["estimate"] = _made(Clause, data["estimate"]) if data["estimate"] else None
        return cls(**data)


_PARTS: dict[str, Any] = {
    "lenders": Lender,
    "flows": Flow,
    "fees": Fee,
    "clauses": Clause,
    "purchases": Purchase,
    "rows": Row,
}


def hash_of(text: str) -> str:
    """SHA-256 of a text, in hex."""
    return sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Whole numbers, texts, lists and objects only."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, int | str):
        return value
    raise TypeError(f"{value!r} has no place in a contract")


def _made(kind: Any, data: dict[str, Any]) -> Any:
    given = dict(data)
    for day in ("on", "due_on"):
        if day in given:
            given[day] = date.fromisoformat(given[day])
    if "values" in given:
        given["values"] = tuple((name, value) for name, value in given["values"])
    return kind(**{field.name: given[field.name] for field in fields(kind)})
