"""Random lives of loans as lists of events, without a database."""

from datetime import date, timedelta
from random import Random

from finance.lending.life import events as kinds
from finance.lending.life.events import Event
from finance.lending.life.fold import begin, step
from finance.lending.life.terms import FLAT, FREE, LEVEL, Terms

BOUGHT = date(2026, 1, 31)


def some_terms(dice: Random, pricing: str | None = None) -> Terms:
    """Any plan over one to three orders."""
    amounts = [dice.randint(10_000, 400_000) for _ in range(dice.randint(1, 3))]
    pricing = pricing or dice.choice([FLAT, FLAT, LEVEL, FREE])
    rate = {FLAT: 5_000, LEVEL: dice.randint(50_000, 240_000), FREE: 0}[pricing]
    every, size, first = dice.choice([("month", 1, 1), ("month", 1, 1), ("day", 14, 0)])
    return Terms(
        principal=sum(amounts),
        began_on=BOUGHT,
        count=dice.choice([1, 3, 4, 6, 12, 24]),
        pricing=pricing,
        rate_ppm=rate,
        orders=tuple((f"O-{place}", amount) for place, amount in enumerate(amounts)),
        every=every,
        step=size,
        first=first,
    )


class Life:
    """A loan that lives one event after the other; `state` is folded step by step."""

    def __init__(self, dice: Random, terms: Terms) -> None:
        self.dice, self.terms = dice, terms
        self.events: list[Event] = []
        self.state = begin(terms)
        self.day = BOUGHT
        self.happen(kinds.LENT, amount=terms.principal)
        for number, _ in terms.orders:
            self.happen(kinds.RECEIVED, ref=number)

    def happen(self, kind: str, **facts) -> None:
        event = Event(kind, self.day, len(self.events) + 1, **facts)
        self.events.append(event)
        step(self.state, self.terms, event)

    def turn(self) -> None:
        """A day or a month later, something happens."""
        self.day += timedelta(self.dice.randint(1, 25))
        for row in self.state.rows:
            if row.state == "scheduled" and row.due_on <= self.day:
                self.happen(kinds.DUE, row=row.number)
        pick = self.dice.choice([self.pay, self.pay, self.send_back, self.argue, self.be_late])
        pick()
        if self.state.over:
            self.happen(kinds.OVERPAID, amount=self.state.over)

    def pay(self) -> None:
        owed = sum(row.owed for row in self.state.rows)
        if owed:
            due = sum(row.payable for row in self.state.rows if row.due_on <= self.day)
            amount = self.dice.choice([due, self.dice.randint(1, owed), owed]) or owed
            kind = self.dice.choice([kinds.PAID, kinds.PAID, kinds.SETTLED])
            extra = self.dice.choice([kinds.NEXT, kinds.SHORTER, kinds.SMALLER])
            self.happen(kind, amount=amount, ref=f"{self.day}", details={"extra": extra})

    def send_back(self) -> None:
        order = self.dice.choice(list(self.state.orders.values()))
        if left := order.amount - order.refunded:
            amount = self.dice.choice([1, left, self.dice.randint(1, left)])
            facts = {"order": order.number}
            self.happen(kinds.REFUNDED, amount=amount, ref=f"R-{self.day}", details=facts)

    def argue(self) -> None:
        order = self.dice.choice(list(self.state.orders.values()))
        kind = self.dice.choice([kinds.PAUSED, kinds.RESUMED])
        self.happen(kind, amount=self.dice.randint(1, order.amount), ref=order.number)

    def be_late(self) -> None:
        late = [row for row in self.state.rows if row.state in ("due", "late") and row.payable]
        if not late or self.state.charged_off_on:
            return
        row = late[0]
        days = (self.day - row.due_on).days
        if row.state == "due":
            self.happen(kinds.LATE, row=row.number)
        elif row.late_fee_on is None:
            self.happen(kinds.LATE_FEE, row=row.number, amount=self.dice.randint(1, 500))
        elif days > 120 and self.dice.random() < 0.3:
            self.happen(kinds.CHARGED_OFF)
        elif days > 90 and self.state.defaulted_on is None:
            self.happen(kinds.DEFAULT)


def live(seed: int, turns: int = 25, pricing: str | None = None) -> Life:
    dice = Random(seed)
    life = Life(dice, some_terms(dice, pricing))
    for _ in range(turns):
        life.turn()
    return life
