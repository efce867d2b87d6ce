"""Two checkouts at one moment cannot both use the last of a limit."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from core.db import db
from finance.loans import exposure
from finance.loans.exposure import OverLimit
from finance.loans.models import Exposure
from tests.finance.money import yuan

SHOPPER, AT_ONCE = 42, 8


def test_eight_checkouts_of_4000_share_a_limit_of_10000(committed_app):
    start = Barrier(AT_ONCE)

    def try_to_hold(number):
        with committed_app.app_context():
            start.wait()
            try:
                exposure.hold(SHOPPER, f"C-{number}", yuan("4000.00"), yuan("10000.00"))
                return True
            except OverLimit:
                return False
            finally:
                db.session.remove()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        held = list(pool.map(try_to_hold, range(AT_ONCE)))
    assert held.count(True) == 2
    with committed_app.app_context():
        assert db.session.scalars(db.select(Exposure)).one().used == 800_000
