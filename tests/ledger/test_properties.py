"""Whatever is written, both sides stay equal and every past balance can be replayed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.db import db
from core.errors import DomainError
from core.money import Money
from ledger import audit, book
from ledger.accounts import Account, account
from ledger.entries import Journal, Transfer
from tests.factories.ledger import DAY, hold, post, reverse, settle, void

ACCOUNTS = [
    account("clearing", "sandbox"),
    account("escrow", "O-1"),
    account("seller_payable", "S-1"),
    account("payout_in_flight", "P-1"),
    account("loan_principal", "L-1"),
    account("commission", "0"),
    account("gateway_fee"),
]
SOME = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

pairs = st.lists(st.sampled_from(ACCOUNTS), min_size=2, max_size=2, unique=True)
lines = st.lists(st.tuples(pairs, st.integers(1, 1_000)), min_size=1, max_size=4)
steps = st.tuples(
    st.sampled_from(["post", "post", "hold", "settle", "void", "reverse"]),
    lines,
    st.integers(0, 7),
)


@contextmanager
def put_back() -> Iterator[None]:
    """Each example begins with the book as it was."""
    connection: Any = db.engine  # in tests the one connection all sessions share
    start = connection.begin_nested()
    try:
        yield
    finally:
        db.session.remove()
        start.rollback()


class Model:
    """The book as plain sums, written without looking at it."""

    def __init__(self) -> None:
        self.posted: dict[Account, int] = dict.fromkeys(ACCOUNTS, 0)
        self.held: dict[Account, int] = dict.fromkeys(ACCOUNTS, 0)
        self.open: dict[str, list[Any]] = {}
        self.entries: dict[str, list[Any]] = {}

    def move(self, moved: list[Any], sign: int = 1) -> None:
        for (debit, credit), amount in moved:
            self.posted[debit] += sign * amount * (1 if debit.kind.side == "debit" else -1)
            self.posted[credit] += sign * amount * (1 if credit.kind.side == "credit" else -1)

    def set_aside(self, moved: list[Any], sign: int = 1) -> None:
        for (debit, credit), amount in moved:
            self.held[debit] += sign * amount * (debit.kind.side == "credit")
            self.held[credit] += sign * amount * (credit.kind.side == "debit")

    def sound(self) -> bool:
        return all(self.posted[a] >= self.held[a] for a in ACCOUNTS if a.kind.limited)


def play(model: Model, number: int, what: str, moved: list[Any], pick: int) -> None:
    """One step against the book and the model; both must agree whether it is refused."""
    key = f"k{number}"
    source = model.entries if what == "reverse" else model.open
    old = sorted(source)[pick % len(source)] if source else ""
    if what in ("settle", "void", "reverse") and not old:
        return
    transfers = tuple(Transfer(d, c, Money(n, "CNY"), "r") for (d, c), n in moved)
    entry = Journal(key, "test", "", DAY, transfers)
    changes: dict[str, tuple[Any, Any]] = {
        "post": (lambda s: model.move(moved, s), lambda: post(entry)),
        "hold": (lambda s: model.set_aside(moved, s), lambda: hold(entry)),
        "settle": (
            lambda s: (model.move(source[old], s), model.set_aside(source[old], -s)),
            lambda: settle(old, key=key, kind="test", on=DAY),
        ),
        "void": (lambda s: model.set_aside(source[old], -s), lambda: void(old, on=DAY)),
        "reverse": (
            lambda s: model.move(source[old], -s),
            lambda: reverse(old, new_key=key, why="r", on=DAY),
        ),
    }
    expect, act = changes[what]
    expect(1)
    sound = model.sound()
    try:
        act()
        assert sound, f"{what} should have been refused"
    except DomainError:
        assert not sound, f"{what} should not have been refused"
        expect(-1)
        return
    if what == "post":
        model.entries[key] = moved
    elif what == "hold":
        model.open[key] = moved
    else:
        del source[old]


@pytest.mark.usefixtures("db")
@SOME
@given(st.lists(steps, min_size=1, max_size=12))
def test_the_book_agrees_with_plain_sums(course: list[Any]) -> None:
    with put_back():
        model = Model()
        for number, (what, moved, pick) in enumerate(course):
            play(model, number, what, moved, pick)
        for each in ACCOUNTS:
            assert book.balance(each, "CNY").minor == model.posted[each]
            assert book.available(each, "CNY").minor == model.posted[each] - model.held[each]
        assert [finding for finding in audit.run_own() if not finding.ok] == []


@pytest.mark.usefixtures("db")
@SOME
@given(st.lists(lines, min_size=1, max_size=8))
def test_a_statement_replays_to_every_past_balance(course: list[Any]) -> None:
    with put_back():
        for number, moved in enumerate(course):
            transfers = tuple(Transfer(d, c, Money(n, "CNY"), "r") for (d, c), n in moved)
            try:
                post(Journal(f"k{number}", "test", "", DAY, transfers))
            except book.Overdrawn:
                continue
        for each in ACCOUNTS:
            running = 0
            told = book.statement(each, "CNY")
            for version, line in enumerate(told, 1):
                running += line.change.minor
                assert (line.version, line.balance.minor) == (version, running)
            assert book.balance(each, "CNY").minor == running
        totals = book.trial_balance("CNY")
        assert sum(line.debits.minor - line.credits.minor for line in totals) == 0
