"""Many journals in one statement set are the same journals, written once."""

import threading
from typing import Any

import pytest
from flask import Flask

from core.use_case import use_case
from ledger import audit, book
from ledger.entries import BadJournal
from tests.factories.ledger import CLEARING, PAYABLE, WALLET, journal, post

post_all = use_case(book.post_all)


def sale(number: int, amount: str = "1.00") -> Any:
    return journal(f"sale:{number}", (CLEARING, WALLET, amount))


def test_a_set_is_written_in_order_with_every_balance(db: Any) -> None:
    post(sale(0))
    answers = post_all([sale(0), sale(1), journal("on", (WALLET, PAYABLE, "1.50")), sale(2)])
    assert [answer.fresh for answer in answers] == [False, True, True, True]
    lines = book.statement(WALLET, "CNY")
    assert [str(line.balance.minor) for line in lines] == ["100", "200", "50", "150"]
    assert [finding for finding in audit.run_own() if not finding.ok] == []
    assert [a.fresh for a in post_all([sale(0), sale(1), sale(2)])] == [False] * 3
    assert post_all([]) == []


def test_all_or_none(db: Any) -> None:
    post(sale(0))
    with pytest.raises(book.KeyClash):
        post_all([sale(1), sale(0, "2.00")])
    with pytest.raises(book.Overdrawn, match="wallet"):
        post_all([sale(1), journal("on", (WALLET, PAYABLE, "2.01")), sale(2, "9.00")])
    with pytest.raises(BadJournal, match="twice"):
        post_all([sale(1), sale(1)])
    assert len(book.recent()) == 1


def test_sets_at_once_write_each_journal_once(committed_app: Flask) -> None:
    failed = []

    def work(first: int) -> None:
        with committed_app.app_context():
            for start in range(0, 60, 10):
                try:
                    post_all([sale((first + start + n) % 60) for n in range(15)])
                except Exception as error:  # shown below
                    failed.append(error)

    clients = [threading.Thread(target=work, args=(first,)) for first in (0, 7, 31, 44)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    with committed_app.app_context():
        assert failed == []
        assert book.balance(WALLET, "CNY").minor == 6000
        assert [finding for finding in audit.run_own() if not finding.ok] == []
