"""The simulation: a seed, its moves one after the other, and the comparison after each."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from core import chance, clock
from core.db import db
from core.errors import DomainError
from core.jobs import Pile
from ledger import audit
from payments.models import GatewayOp
from payments.sandbox_bank import engine
from payments.sandbox_tables import disputes, objects
from tests.simulation.model import FEE_PPM, MILLION, Model, nearest
from tests.simulation.model_disputes import DISPUTE_FEE
from tests.simulation.moves import Town, noon
from tests.simulation.news import News, in_the_book

START = date(2026, 3, 10)
PAST = timedelta(days=60)
TOLD = 40  # operations that a failure shows
AUDIT_EVERY = 40  # steps


class Failed(AssertionError):
    """Mall and model went apart; says where, what led there, and how to see it again."""


class Simulation:
    """`steps` counts what was compared: a move of somebody, or one job of the time that passes."""

    def __init__(self, seed: int, pile: Pile, wanted: int) -> None:
        self.seed, self.wanted, self.pile = seed, wanted, pile
        self.steps, self.told, self.refusals = 0, [], 0
        self.dice = Random(seed)
        self.now = noon(START)
        self.model = Model()
        self.news = News(self.model)
        with clock.travel(self.now - 4 * PAST), chance.rolling(self.dice):
            self.town = Town(self.dice, pile, self.model, self.news)
        self.last: tuple[str, Callable[[], Any]] | None = None

    def run(self) -> "Simulation":
        """All steps, then a few days in which everything under way arrives."""
        with chance.rolling(self.dice):
            self._past()
            while self.steps < self.wanted:
                roll = self.dice.random()
                if roll < 0.15:
                    self._pass(self.town.wait())
                elif roll < 0.22 and self.last:
                    self.step(f"{self.last[0]}, again", self.last[1])
                else:
                    self.last = self.town.choose()
                    self.step(*self.last)
            for _ in range(5):
                self._pass(timedelta(hours=3))
            self._audit()
            self._against_the_bank()
        return self

    def step(self, name: str, action: Callable[[], Any]) -> None:
        """Do it, tell the model what became of it, and compare everything."""
        self.steps += 1
        self.told.append(f"{self.steps:>4} {self.now:%m-%d %H:%M} {name}")
        with clock.travel(self.now):
            try:
                action()
            except DomainError as refusal:
                self.refusals += 1
                self.told[-1] += f" → {type(refusal).__name__}: {refusal}"
            except Exception as error:
                raise self._failed(f"{type(error).__name__}: {error}") from error
            db.session.rollback()
            try:
                self.news.tell()
            except AssertionError as wrong:
                raise self._failed(str(wrong)) from wrong
            self._compare()
            if self.steps % AUDIT_EVERY == 0:
                self._audit(waits=True)
            db.session.rollback()

    def _past(self) -> None:
        """Two shoppers are no strangers to the lender: they bought and received before."""
        now, self.now = self.now, self.now - PAST
        for name, action in self.town.past():
            self.step(name, action)
        self.now = now

    def _pass(self, time: timedelta) -> None:
        self.now += time
        for name, job in self.town.jobs():
            self.step(f"{name} (+{time})", job)
        for number in self.town.due():
            self.step(*self.town.settle(number))

    def _compare(self) -> None:
        """Every account, posted and pending, of the book and of the model."""
        posted, pending = in_the_book()
        found = _differences("balance", self.model.net, posted)
        found += _differences("pending", self.model.pending, pending)
        if sum(posted.values()) or sum(pending.values()):
            found.append(f"debits and credits differ: {sum(posted.values())}")
        if found:
            raise self._failed("\n".join(found))

    def _audit(self, *, waits: bool = False) -> None:
        """All invariants; while time jumps, what `waits` for its job is rightly told as stuck."""
        with clock.travel(self.now):
            found = [f for f in audit.run() if not f.ok and not (waits and "stuck" in f.name)]
        broken = [f"audit: {f.name}: {f.detail}" for f in found]
        if broken:
            raise self._failed("\n".join(broken))

    def _against_the_bank(self) -> None:
        """When nothing is under way any more, the fake gateway holds what the model says."""
        ours, theirs = self.model.net["clearing:sandbox"], at_the_gateway()
        if ours != theirs:
            raise self._failed(f"the model has {ours} at the gateway, the gateway {theirs}")

    def _failed(self, what: str) -> Failed:
        last = "\n".join(self.told[-TOLD:])
        again = f"python -m tests.simulation --seed {self.seed} --steps {self.wanted}"
        return Failed(
            f"seed {self.seed}, step {self.steps}\n"
            f"the last {min(TOLD, len(self.told))} operations:\n{last}\n{what}\nagain: {again}"
        )


def at_the_gateway() -> int:
    """What the fake bank owes for our operations: charges less fees, all that left, disputes."""
    ours = list(db.session.scalars(select(GatewayOp.id)))  # it keeps what other tests did
    made = select(objects).where(objects.c.status == "succeeded", objects.c.op_id.in_(ours))
    asked = select(disputes).where(disputes.c.op_id.in_(ours), disputes.c.amount > 0)
    with engine().connect() as bank:
        moved = bank.execute(made.where(objects.c.kind.in_(("charge", "refund", "payout")))).all()
        taken = bank.execute(asked.where(disputes.c.takes_money)).all()
    total = sum(row.amount if row.kind == "charge" else -row.amount for row in moved)
    fees = sum(nearest(row.amount * FEE_PPM, MILLION) for row in moved if row.kind == "charge")
    held = sum(row.amount for row in taken if not row.reinstated_at)
    return total - fees - held - len(taken) * DISPUTE_FEE


def _differences(what: str, ours: dict[str, int], theirs: dict[str, int]) -> list[str]:
    names = sorted({name for name in (*ours, *theirs) if ours.get(name, 0) != theirs.get(name, 0)})
    return [
        f"{what} of {name}: the book has {theirs.get(name, 0)}, the model {ours.get(name, 0)}"
        for name in names
    ]
