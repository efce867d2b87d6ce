"""Sixteen loans at one moment never take more of a bank than it has committed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from core import clock
from core.db import db
from core.errors import NotFound
from finance.funding import changes
from finance.funding.models import Funder, Participation
from finance.funding.queries import bank_of
from finance.funding.services import NewLoan, Standing, follow, fund
from tests.factories.funding import make_bank, make_banker, make_waterfall
from tests.finance.money import yuan

AT_ONCE = 16


def test_sixteen_loans_of_1000_share_3000_of_one_bank_and_the_next_takes_over(committed_app):
    with committed_app.app_context():
        a = make_bank("ALPHA", yuan("3000.00"))
        b = make_bank("BETA", yuan("2000.00"))
        make_waterfall("term_loan", (a, 50), (b, 20))
        db.session.remove()
    start = Barrier(AT_ONCE)

    def lend(number):
        new = NewLoan(f"A-{number}", "term_loan", "A", yuan("1000.00"), 180_000, clock.today())
        with committed_app.app_context():
            start.wait()
            fund(new)
            db.session.remove()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lend, range(AT_ONCE)))
    with committed_app.app_context():
        banks = {f.code: f.used for f in db.session.scalars(db.select(Funder))}
        # six of 500.00 use up A; B lends 200.00 beside each, then 700.00 to the seventh
        assert banks == {"ALPHA": 300_000, "BETA": 190_000}
        parts = db.session.scalars(db.select(Participation)).all()
        lent = {f"A-{n}": 0 for n in range(AT_ONCE)}
        for part in parts:
            lent[part.ref] += part.principal
        assert sorted(lent.values()) == [0] * 9 + [100_000] * 7
        db.session.remove()
    _pay_back_at_once(committed_app, [ref for ref, amount in lent.items() if amount])


def _pay_back_at_once(app, refs):
    start = Barrier(len(refs))

    def pay(ref):
        with app.app_context():
            start.wait()
            follow(ref, Standing(0, interest=7_01), on=clock.today(), cause="paid")
            db.session.remove()

    with ThreadPoolExecutor(len(refs)) as pool:
        list(pool.map(pay, refs))
    with app.app_context():
        assert [f.used for f in db.session.scalars(db.select(Funder))] == [0, 0]


def test_a_place_changes_while_loans_begin_and_its_limit_counts_them_all(committed_app):
    """Eight parts of 500.00 ask; the new limit of 2,000.00 has room for four, with those before it."""
    with committed_app.app_context():
        bank = make_bank("ALPHA", yuan("90000.00"))
        (old,) = make_waterfall("term_loan", (bank, 50))
        data = {"currency": "CNY", "price_ppm": 50_000, "grades": "", "most": 200_000}
        change = changes.propose("place", "ALPHA:term_loan", data, why="less", by=1).id
        old_id = old.id
        db.session.remove()
    start = Barrier(10)

    def lend(number):
        new = NewLoan(f"P-{number}", "term_loan", "A", yuan("1000.00"), 180_000, clock.today())
        fund(new)

    def decide(admin):
        try:
            return changes.decide(change, yes=True, by=admin).state
        except changes.DecidedBefore:
            return "before"

    def do(act):
        with committed_app.app_context():
            start.wait()
            try:
                return act()
            finally:
                db.session.remove()

    acts = [lambda n=n: lend(n) for n in range(8)] + [lambda a=a: decide(a) for a in (2, 3)]
    with ThreadPoolExecutor(10) as pool:
        said = list(pool.map(do, acts))
    assert sorted(said[8:]) == ["before", "done"]
    with committed_app.app_context():
        query = db.select(Participation).where(Participation.funder_id.is_not(None))
        parts = db.session.scalars(query).all()
        before = [part for part in parts if part.step_id == old_id]
        assert len(parts) == max(4, len(before))
        assert {part.coupon_ppm for part in before} <= {60_000}
        assert {part.coupon_ppm for part in parts if part.step_id != old_id} <= {50_000}
        (used,) = db.session.scalars(db.select(Funder.used))
        assert used == len(parts) * 50_000
        db.session.remove()


def test_taken_back_and_decided_at_the_same_moment_one_of_them_counts(committed_app):
    """Six rounds: the bank's clerk takes the proposal back while an admin accepts it."""
    with committed_app.app_context():
        bank = make_bank("ALPHA", yuan("1000.00"))
        clerk, others = make_banker(bank).id, make_banker(make_bank("BETA", yuan("1.00"))).id
        db.session.remove()
    for number in range(6):
        _race(committed_app, clerk, others, 200_000 + number)


def _race(app, clerk, stranger, committed):
    data = {"price_ppm": 60_000, "committed": committed}
    with app.app_context():
        change = changes.propose("terms", "ALPHA", data, why="more of it", by=clerk).id
        before = bank_of("ALPHA").committed
        with pytest.raises(NotFound):
            changes.withdraw(change, bank_of("BETA"), by=stranger)
        db.session.remove()
    start = Barrier(2)

    def take_back():
        return changes.withdraw(change, bank_of("ALPHA"), by=clerk).state

    def accept():
        return changes.decide(change, yes=True, by=2).state

    def do(act):
        with app.app_context():
            start.wait()
            try:
                return act()
            except changes.DecidedBefore:
                return "before"
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(do, (take_back, accept)))
    assert said in (["withdrawn", "before"], ["before", "done"])
    with app.app_context():
        kept = bank_of("ALPHA").committed
        assert kept == (committed if said[1] == "done" else before)
        db.session.remove()
