"""A hold that nobody settled in time is free again, once."""

from datetime import timedelta
from typing import Any

from core import clock
from ledger import book
from ledger.expiry import void_expired
from tests.factories.ledger import DAY, FLIGHT, PAYABLE, hold, journal, settle, sold, yuan


def test_only_what_is_open_and_over_is_voided(db: Any) -> None:
    sold()
    now = clock.now()
    hold(journal("over", (PAYABLE, FLIGHT, "10.00")), expires_at=now)
    hold(journal("gone", (PAYABLE, FLIGHT, "20.00")), expires_at=now)
    settle("gone", key="sent", kind="test.sent", on=DAY)
    hold(journal("later", (PAYABLE, FLIGHT, "5.00")), expires_at=now + timedelta(hours=2))
    hold(journal("open", (PAYABLE, FLIGHT, "1.00")))
    assert book.available(PAYABLE, "CNY") == yuan("59.00")
    with clock.travel(now + timedelta(hours=1)):
        assert (void_expired(), void_expired()) == (1, 0)
    assert book.available(PAYABLE, "CNY") == yuan("69.00")
    assert book.journal("over:void").form == "void"
