"""Many sessions at once: one journal for a key, and nothing sold twice. Commits are real here."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from core.db import db
from core.errors import DomainError
from core.use_case import use_case
from ledger import audit, book
from ledger.accounts import account
from tests.factories.ledger import (
    CLEARING,
    DAY,
    PAYABLE,
    WALLET,
    hold,
    journal,
    post,
    reverse,
    settle,
    void,
    yuan,
)


def at_once(app: Flask, *actions: Callable[[], Any]) -> list[Any]:
    """What each action gave or raised, each in a thread and session of its own."""
    ready, results = threading.Barrier(len(actions)), [None] * len(actions)

    def run(place: int, action: Callable[[], Any]) -> None:
        with app.app_context():
            ready.wait()
            try:
                results[place] = action()
            except Exception as error:
                results[place] = error

    threads = [threading.Thread(target=run, args=each) for each in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def tables() -> list[Any]:
    """Every row of the book."""
    names = ("ledger_account", "ledger_journal", "ledger_transfer")
    rows = [db.session.execute(text(f"select t::text from {n} t order by 1")).all() for n in names]
    db.session.rollback()
    return rows


def broken() -> list[audit.Finding]:
    return [finding for finding in audit.run_own() if not finding.ok]


def test_one_key_from_eight_sessions_is_one_journal(committed_app: Flask) -> None:
    posted = at_once(committed_app, *[lambda: post(journal("one", (CLEARING, WALLET, "7.00")))] * 8)
    assert len({result.journal_id for result in posted}) == 1
    assert sorted(result.fresh for result in posted) == [False] * 7 + [True]
    with committed_app.app_context():
        assert book.balance(WALLET, "CNY") == yuan("7.00")
        assert broken() == []


def test_ten_sessions_drain_five_units_exactly(committed_app: Flask) -> None:
    with committed_app.app_context():
        post(journal("fill", (CLEARING, WALLET, "5.00")))

    def take(n: int) -> Callable[[], Any]:
        return lambda: post(journal(f"take {n}", (WALLET, PAYABLE, "1.00")))

    kinds = Counter(type(r).__name__ for r in at_once(committed_app, *map(take, range(10))))
    assert kinds == {"Posted": 5, "Overdrawn": 5}
    with committed_app.app_context():
        assert book.balance(WALLET, "CNY") == yuan("0.00")
        assert book.balance(PAYABLE, "CNY") == yuan("5.00")
        assert broken() == []


def test_sessions_that_lock_in_opposite_ways_all_end(committed_app: Flask) -> None:
    a, b = account("bank"), account("suspense")

    def shuttle(n: int) -> Callable[[], Any]:
        there, back = ((a, b), (b, a)) if n % 2 else ((b, a), (a, b))
        lines = ((*there, "2.00"), (*back, "1.00"), (CLEARING, account("wallet", n), "1.00"))
        return lambda: [post(journal(f"{n}:{i}", *lines)) for i in range(10)]

    for result in at_once(committed_app, *map(shuttle, range(6))):
        assert all(posted.fresh for posted in result)
    with committed_app.app_context():
        assert book.balance(a, "CNY") == yuan("0.00")
        assert book.balance(CLEARING, "CNY") == yuan("60.00")
        assert broken() == []


def test_an_account_without_limit_is_never_short_while_it_opens(committed_app: Flask) -> None:
    def below(n: int) -> Callable[[], Any]:
        lines = ((WALLET, account("clearing", f"new-{m}"), "1.00") for m in range(100))
        return lambda: [post(journal(f"{n}:{i}", line, line)) for i, line in enumerate(lines)]

    with committed_app.app_context():
        post(journal("fill", (CLEARING, WALLET, "1200.00")))
    for result in at_once(committed_app, *map(below, range(6))):
        assert isinstance(result, list), result


def test_two_journals_in_one_action_may_open_accounts_in_any_order(committed_app: Flask) -> None:
    @use_case
    def both(n: int, first: int, second: int) -> None:
        book.post(journal(f"{n}:1", (CLEARING, account("wallet", first), "1.00")))
        book.post(journal(f"{n}:2", (account("bank"), account("wallet", second), "1.00")))

    results = at_once(committed_app, *[lambda n=n: both(n, n % 2, 1 - n % 2) for n in range(6)])
    assert results == [None] * 6
    with committed_app.app_context():
        assert book.sum_of("wallet", "CNY") == yuan("12.00")
        assert broken() == []


def test_a_hold_ends_once_however_many_try(committed_app: Flask) -> None:
    with committed_app.app_context():
        post(journal("fill", (CLEARING, PAYABLE, "5.00")))
        hold(journal("payout", (PAYABLE, WALLET, "3.00")))

    def sent(n: int) -> Callable[[], Any]:
        return lambda: settle("payout", key=f"sent {n}", kind="test.sent", on=DAY)

    voids = [lambda: void("payout", on=DAY)] * 3
    results = at_once(committed_app, *map(sent, range(3)), *voids)
    assert sum(isinstance(r, book.Posted) and r.fresh for r in results) == 1
    assert all(isinstance(r, book.Posted | book.HoldResolved) for r in results)
    with committed_app.app_context():
        assert book.available(PAYABLE, "CNY") in (yuan("2.00"), yuan("5.00"))
        assert broken() == []


def test_a_journal_is_reversed_once_however_many_try(committed_app: Flask) -> None:
    with committed_app.app_context():
        post(journal("fill", (CLEARING, PAYABLE, "5.00")))

    def undo(n: int) -> Callable[[], Any]:
        return lambda: reverse("fill", new_key=f"undo {n}", why="mistake", on=DAY)

    kinds = Counter(type(r).__name__ for r in at_once(committed_app, *map(undo, range(6))))
    assert kinds == {"Posted": 1, "NotReversible": 5}
    with committed_app.app_context():
        assert book.balance(CLEARING, "CNY") == yuan("0.00")


def test_a_refused_action_leaves_every_row_as_it_was(committed_app: Flask) -> None:
    @use_case
    def half_then_refused() -> None:
        book.post(journal("half", (CLEARING, account("wallet", 7), "1.00")))
        book.post(journal("too much", (WALLET, PAYABLE, "5.01")))

    with committed_app.app_context():
        post(journal("fill", (CLEARING, WALLET, "5.00")))
        hold(journal("held", (WALLET, PAYABLE, "1.00")))
        before = tables()
        for action in (
            half_then_refused,
            lambda: post(journal("fill", (CLEARING, WALLET, "6.00"))),
            lambda: settle("fill", key="x", kind="test", on=DAY),
            lambda: settle("held", key="fill", kind="test", on=DAY),
            lambda: reverse("held", new_key="x", why="x", on=DAY),
        ):
            with pytest.raises(DomainError):
                action()
            assert tables() == before
        # what was rolled back can be done after all: no memory of it is trusted
        post(journal("half", (CLEARING, account("wallet", 7), "1.00")))
        assert broken() == []
