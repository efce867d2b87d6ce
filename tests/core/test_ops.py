"""The backup drill: dump under load, restore into an empty database, prove it; refuse what is damaged."""

import json
import os
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text, update

from core import clock, ops
from core.db import db as database
from core.ops import OpsError
from ledger import book
from ledger.accounts import account
from payments import reconcile, sandbox_bank, sandbox_lines
from payments.gateway import Unavailable
from payments.sandbox_tables import objects
from tests.conftest import _run, _url_of
from tests.factories.ledger import journal, post, yuan
from tests.factories.owner import without_orders
from tests.factories.payments import pay, plugged

CLEARING, WALLET = account("clearing", "sandbox"), account("wallet", "7")


@pytest.fixture
def empty() -> Iterator[str]:
    """The URL of a database without a table."""
    name = f"mall_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_restored"
    server = os.environ["MALL_TEST_SERVER"]
    _run(server, f'drop database if exists "{name}" with (force)')
    _run(server, f'create database "{name}"')
    yield _url_of(name)
    _run(server, f'drop database if exists "{name}" with (force)')


@pytest.fixture
def shop(committed_app: Flask) -> Iterator[Flask]:
    """A mall with one sale of 700.00 in its book."""
    with committed_app.app_context():
        post(journal("sale", (CLEARING, WALLET, "700.00")))
        database.session.remove()
        yield committed_app


def _count(url: str, table: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        counted = connection.scalar(text(f"select count(*) from {table}")) or 0
    engine.dispose()
    return int(counted)


def _faults(kept: Any, url: str) -> dict[str, list[str]]:
    """By name, but for the sales of these tests, which no row of a room stands behind."""
    told = {
        name: [one for one in found if not one.startswith("every journal has a cause")]
        for name, found in ops.faults(kept, url)
    }
    return {name: found for name, found in told.items() if found}


def test_the_drill_by_command(shop: Flask, empty: str, tmp_path: Path) -> None:
    ran = shop.test_cli_runner().invoke(args=["ops", "backup", str(tmp_path)])
    assert ran.exit_code == 0, ran.output
    (dump,) = tmp_path.glob("*.dump")
    assert dump.stat().st_mode & 0o777 == 0o600
    says = json.loads(dump.with_suffix(".json").read_text())
    assert says["facts"]["ledger"]["journals"] == 1
    back = shop.test_cli_runner().invoke(args=["ops", "restore", str(dump), "--into", empty])
    assert back.exit_code == 0, back.output
    assert "ok     ledger audit" in back.output and "ok     migration" in back.output
    assert "ok     reconciliation with the gateway" in back.output
    with ops.serving(empty):
        assert book.balance(WALLET, "CNY") == yuan("700.00")
        post(journal("after", (CLEARING, WALLET, "1.00")))  # guards and all: it trades on
    assert book.balance(WALLET, "CNY") == yuan("700.00")  # and the mall itself did not notice
    again = shop.test_cli_runner().invoke(args=["ops", "verify", str(dump), "--into", empty])
    assert again.exit_code == 1 and "FAILED ledger" in again.output


def test_a_backup_under_load_is_one_moment(shop: Flask, empty: str, tmp_path: Path) -> None:
    acked: list[str] = []
    stop, well = threading.Event(), threading.Event()

    def write() -> None:
        with shop.app_context():
            while not stop.is_set():
                key = f"load-{len(acked)}"
                post(journal(key, (CLEARING, WALLET, "1.00")))
                acked.append(key)
                if len(acked) >= 20:
                    well.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert well.wait(30)
        before = len(acked)
        made = ops.backup(tmp_path)
        during = len(acked) - before
    finally:
        stop.set()
        writer.join()
    assert during > 0  # somebody really wrote meanwhile
    kept = ops.restore(made.dump, into=empty)
    assert _faults(kept, empty) == {}  # the counts and balances are those of the manifest
    restored = _count(empty, "ledger_journal")
    assert before + 1 <= restored <= len(acked) + 1  # nothing acknowledged before it is missing


def test_a_database_with_tables_is_kept_unless_forced(shop: Flask, tmp_path: Path) -> None:
    made = ops.backup(tmp_path)
    with pytest.raises(OpsError, match="Restore into an empty one"):
        ops.restore(made.dump)
    post(journal("later", (CLEARING, WALLET, "5.00")))
    database.session.remove()
    database.engine.dispose()
    kept = ops.restore(made.dump, force=True)
    assert _faults(kept, "") == {}
    assert book.balance(WALLET, "CNY") == yuan("700.00")


def test_a_damaged_dump_is_refused_before_anything_happens(
    shop: Flask, empty: str, tmp_path: Path
) -> None:
    made = ops.backup(tmp_path)
    blob = bytearray(made.dump.read_bytes())
    blob[len(blob) // 2] ^= 1
    made.dump.write_bytes(blob)
    with pytest.raises(OpsError, match="checksum differs"):
        ops.restore(made.dump, into=empty)
    made.manifest.unlink()
    with pytest.raises(OpsError, match="is missing"):
        ops.restore(made.dump, into=empty)
    assert _count(empty, "pg_tables where schemaname = 'public'") == 0


def test_a_restored_book_that_was_tampered_with_fails_its_proof(
    shop: Flask, empty: str, tmp_path: Path
) -> None:
    kept = ops.restore(ops.backup(tmp_path).dump, into=empty)
    engine = create_engine(empty)
    with engine.begin() as connection:
        connection.execute(text("set session_replication_role = replica"))
        connection.execute(text("update ledger_account set debits_posted = debits_posted + 1"))
    engine.dispose()
    found = _faults(kept, empty)
    assert set(found) == {"ledger", "ledger audit"}


def test_a_backup_that_fails_leaves_no_file(shop: Flask, tmp_path: Path) -> None:
    def broken(connection: Any) -> Any:
        raise OpsError("no facts today")

    ops.describe("broken", broken)
    try:
        with pytest.raises(OpsError, match="no facts today"):
            ops.backup(tmp_path)
    finally:
        ops._facts.pop("broken")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def busy(shop: Flask, tmp_path: Path) -> Iterator[tuple[ops.Backup, int]]:
    """A backup with a payment of 100.00 in it, after which another 50.00 was paid."""
    with plugged() as (stall, *_):
        stall.into = "wallet"  # an escrow must have its order
        with without_orders():
            before = pay("O-7", yuan("100.00"))
        database.session.remove()
        with clock.travel(clock.now() + timedelta(minutes=5)):
            made = ops.backup(tmp_path)
        with clock.travel(clock.now() + timedelta(minutes=10)):
            with without_orders():
                pay("O-8", yuan("50.00"))
            database.session.remove()
            yield made, before.op_id


def test_a_restored_copy_is_reconciled_as_of_its_dump(
    shop: Flask, busy: tuple[ops.Backup, int], empty: str
) -> None:
    """What was paid after the dump is no difference of the copy, days later neither."""
    with clock.travel(clock.now() + timedelta(days=3)):
        kept = ops.restore(busy[0].dump, into=empty)
        assert _faults(kept, empty) == {}
    with ops.serving(empty):
        (run,) = reconcile.runs()
        # 100.00 less 0.60 on both sides, and the 700.00 of the test's own, younger than a day
        assert (run.theirs, run.ours, run.matched, run.made_by) == (9_940, 79_940, 1, "restore")
    assert reconcile.runs() == []  # the mall itself did not notice


def test_a_copy_that_the_gateway_contradicts_is_told(
    shop: Flask, busy: tuple[ops.Backup, int], empty: str
) -> None:
    with sandbox_bank.engine().begin() as bank:
        bank.execute(update(objects).where(objects.c.op_id == busy[1]).values(amount=9_000))
    asked = ["ops", "restore", str(busy[0].dump), "--into", empty]
    back = shop.test_cli_runner().invoke(args=asked)
    assert back.exit_code == 1
    assert "FAILED reconciliation with the gateway: amount_differs stall:O-7" in back.output
    asked = ["ops", "verify", str(busy[0].dump), "--into", empty, "--alone"]
    alone = shop.test_cli_runner().invoke(args=asked)
    assert "reconciliation" not in alone.output


def test_a_gateway_that_does_not_answer_is_said(
    shop: Flask, busy: tuple[ops.Backup, int], empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*days: Any) -> Any:
        raise Unavailable("no route")

    monkeypatch.setattr(sandbox_lines, "lines", silent)
    kept = ops.restore(busy[0].dump, into=empty)
    (said,) = _faults(kept, empty)["reconciliation with the gateway"]
    assert said.startswith("sandbox cannot be asked now (no route)")
