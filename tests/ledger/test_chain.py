"""The hash chain names what a superuser changed, took away or swapped."""

import threading
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import clock
from ledger import audit, chain
from ledger.models import GENESIS
from tests.factories.ledger import (
    CLEARING,
    DAY,
    ESCROW,
    FLIGHT,
    PAYABLE,
    hold,
    journal,
    post,
    reverse,
    sold,
    void,
)
from tests.factories.owner import as_owner


def sealed() -> None:
    """A book of five journals, sealed."""
    sold()
    hold(journal("held", (PAYABLE, FLIGHT, "5.00")))
    void("held", on=DAY)
    reverse("released", new_key="back", why="error", on=DAY)
    chain.seal_all()


def tamper(db: Any, *statements: str) -> dict[str, str]:
    """As a superuser with every trigger and key off; what the chain's audit lines say then."""
    with as_owner():
        db.session.execute(text("set local session_replication_role = replica"))
        for statement in statements:
            assert db.session.execute(text(statement)).rowcount > 0
        db.session.execute(text("set local session_replication_role = origin"))
    found = {finding.name: finding.detail for finding in audit.run_own() if not finding.ok}
    return {name: found[name] for name in found if "chain" in name}


BROKEN = "every journal is what was sealed into the chain"
LOST = "the chain has every head that was published"


def test_a_book_is_sealed_once_in_one_chain(db: Any) -> None:
    sealed()
    assert chain.head()[0] == 5
    assert chain.seal() == 0
    assert list(chain.broken_links()) == []
    first, second = db.session.execute(text("select * from chain_link order by seq limit 2")).all()
    assert (first.previous, second.previous) == (GENESIS, first.hash)
    assert [finding for finding in audit.run_own() if not finding.ok] == []


@pytest.mark.parametrize(
    "change",
    [
        "update ledger_transfer set amount = 9400, debit_balance = 9400 where amount = 9500",
        "update ledger_transfer set reason = 'gift' where amount = 9500",
        "update ledger_journal set ref = 'O-2' where idempotency_key = 'released'",
        "update ledger_journal set business_date = '2026-02-28' where idempotency_key = 'released'",
        "update ledger_journal set request_hash = repeat('0', 64) where idempotency_key = 'released'",
        "delete from ledger_transfer where amount = 9500",
    ],
)
def test_a_changed_row_is_named(db: Any, change: str) -> None:
    sealed()
    found = tamper(db, change)[BROKEN]
    assert "released is not what was sealed" in found


def test_a_journal_that_was_taken_away_is_named(db: Any) -> None:
    sealed()
    last = "(select journal_id from chain_link order by seq desc limit 1)"
    found = tamper(
        db,
        f"delete from ledger_transfer where journal_id = {last}",
        f"delete from ledger_journal where id = {last}",
    )
    assert found[BROKEN].startswith("link 5: journal ") and found[BROKEN].endswith(" is gone")


def test_the_last_journal_taken_away_with_its_link_is_missed_by_the_published_head(
    db: Any, tmp_path: Path
) -> None:
    sealed()
    file = tmp_path / "heads"
    head = chain.publish(file)
    assert head == chain.publish(file) and chain.read(file) == [head]
    last = "(select max(id) from ledger_journal)"
    cut = [
        f"delete from chain_link where journal_id = {last}",
        f"delete from ledger_transfer where journal_id = {last}",
        f"delete from ledger_journal where id = {last}",
    ]
    assert tamper(db, *cut)[LOST].startswith(f"the chain had {head[1][:12]} as link 5")
    assert chain.lost_heads(chain.read(file)) != []


def test_two_journals_that_changed_places_are_named(db: Any) -> None:
    sealed()
    swap = """
        update chain_link a set journal_id = b.journal_id from chain_link b
         where (a.seq, b.seq) in ((1, 2), (2, 1))
    """
    with as_owner():
        drop = "alter table chain_link drop constraint uq_chain_link_journal_id"
        db.session.execute(text(drop))
    found = tamper(db, swap)[BROKEN]
    assert "link 1: released is not" in found and "link 2: paid is not" in found


def test_a_chain_written_anew_is_told_by_the_old_head(db: Any, tmp_path: Path) -> None:
    sealed()
    file = tmp_path / "heads"
    chain.publish(file)
    change = "update ledger_journal set ref = 'O-2' where idempotency_key = 'paid'"
    tamper(db, change, "delete from chain_head", "delete from chain_link")
    chain.seal_all()
    assert list(chain.broken_links()) == []
    assert len(chain.lost_heads(chain.read(file))) == 1


@pytest.mark.parametrize(
    ("seq", "previous"), [("7", "(select max(hash) from chain_link)"), ("6", "repeat('1', 64)")]
)
def test_a_link_only_follows_the_last(db: Any, seq: str, previous: str) -> None:
    sealed()
    post(journal("more", (CLEARING, ESCROW, "1.00")))
    forged = f"""
        insert into chain_link (seq, journal_id, previous, hash)
        select {seq}, id, {previous}, repeat('2', 64) from ledger_journal
         where idempotency_key = 'more'
    """
    for who, why in ((nullcontext, "permission denied"), (as_owner, "chain_link")):
        with who(), pytest.raises(DBAPIError, match=why), db.session.begin_nested():
            db.session.execute(text(forged))


def test_no_head_is_published_that_the_chain_does_not_have(db: Any) -> None:
    sealed()
    forged = "insert into chain_head select max(seq), repeat('2', 64), now() from chain_link"
    with pytest.raises(DBAPIError, match="fk_chain_head_seq_hash"), db.session.begin_nested():
        db.session.execute(text(forged))


def test_what_is_not_ascii_is_sealed_as_the_audit_reads_it(db: Any) -> None:
    """Quotes, control signs, signs beyond sixteen bits; instants with and without a fraction."""
    for number, ref in enumerate(('"\\/', "\x7f\x01\n", "é 漢 𝄞")):
        with clock.travel(datetime(2026, 3, 1, 9, 0, 0, number * 70, tzinfo=UTC)):
            post(journal(f"paid:{number}", (CLEARING, ESCROW, "1.00"), ref=ref))
    assert chain.seal() == 3
    assert list(chain.broken_links()) == []


def test_an_old_journal_without_a_seal_is_named(db: Any) -> None:
    sold()
    with as_owner():
        db.session.execute(text("set local session_replication_role = replica"))
        old = "update ledger_journal set created_at = now() - interval '2 hours'"
        db.session.execute(text(old))
        db.session.execute(text("set local session_replication_role = origin"))
    assert chain.unsealed() == ["paid", "released"]


def test_sealers_at_once_make_one_chain(committed_app: Flask) -> None:
    with committed_app.app_context():
        for number in range(60):
            post(journal(f"paid:{number}", (CLEARING, PAYABLE, "1.00")))

    def work() -> None:
        with committed_app.app_context():
            while chain.seal(at_most=7):
                pass

    sealers = [threading.Thread(target=work) for _ in range(4)]
    for each in sealers:
        each.start()
    for each in sealers:
        each.join()
    with committed_app.app_context():
        assert chain.head()[0] == 60
        assert list(chain.broken_links()) == []


def test_from_the_terminal(app: Flask, db: Any, tmp_path: Path) -> None:
    sold()
    file, run = tmp_path / "heads", app.test_cli_runner().invoke
    with clock.travel(DAY):
        told = run(args=["ledger", "heads", "--publish", str(file)])
    assert told.exit_code == 0 and "published 2026-0" in told.output
    assert run(args=["ledger", "heads", "--verify", str(file)]).exit_code == 0
    file.write_text('{"seq": 2, "hash": "beef"}\n')
    refused = run(args=["ledger", "heads", "--verify", str(file)])
    assert refused.exit_code == 1 and "FAILED the chain had beef as link 2" in refused.output
