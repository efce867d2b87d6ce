"""Sixteen loans at one moment never take more of a bank than it has committed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from core import clock
from core.db import db
from finance.funding.models import Funder, Participation
from finance.funding.services import NewLoan, Standing, follow, fund
from tests.factories.funding import make_bank, make_waterfall
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
