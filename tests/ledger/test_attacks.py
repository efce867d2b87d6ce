"""What raw SQL as the application cannot do to the book, however it goes about it."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger import audit
from tests.factories.ledger import CLEARING, DAY, PAYABLE, hold, journal, reverse, settle, sold
from tests.factories.owner import as_owner
from tests.ledger.test_guards import LINE, both

FORGED = """
    insert into {table} (journal_id, line, debit_account_id, credit_account_id, amount, currency,
      reason, state, debit_version, credit_version, debit_balance, credit_balance)
    select j.id, 1, d.id, c.id, 0, 'CNY', '', 'posted', d.version + 1, c.version + 1,
      10000, 9500 from ledger_journal j, ledger_account d, ledger_account c
     where j.idempotency_key = 'paid' and d.path = '1100:clearing:sandbox'
       and c.path = '2110:seller_payable:S-1'
"""


@pytest.fixture(autouse=True)
def book(db: Any) -> Any:
    """A hold that is open, one that was settled, and a reversal."""
    sold()
    flight = (PAYABLE, CLEARING, "5.00")
    hold(journal("open", flight))
    hold(journal("done", flight))
    settle("done", key="sent", kind="payout.sent", on=DAY)
    reverse("sent", new_key="back", why="no", on=DAY)
    yield
    db.session.rollback()


def refused(db: Any, *statements: str, why: str) -> None:
    """The last of the statements is refused; the book is as it was."""
    before = dump(db)
    with pytest.raises(DBAPIError, match=why), db.session.begin_nested():
        for statement in statements:
            db.session.execute(text(statement))
    assert dump(db) == before
    assert [finding for finding in audit.run_own() if not finding.ok] == []


def dump(db: Any) -> Any:
    names = ("ledger_account", "ledger_journal", "ledger_transfer")
    return [db.session.execute(text(f"select t::text from {n} t order by 1")).all() for n in names]


@pytest.mark.parametrize("table", ["ledger_account", "ledger_journal", "ledger_transfer"])
@pytest.mark.parametrize(
    "way",
    [
        "delete from {t}",
        "delete from {t} where false",
        "truncate {t} cascade",
        "alter table {t} disable trigger all",
        "alter table {t} add column more int",
        "alter table {t} rename to gone",
        "drop table {t} cascade",
        "create index on {t} (id)",
        "create trigger late before insert on {t} execute function ledger_refuse()",
        "create rule away as on insert to {t} do instead nothing",
        "alter table {t} replica identity nothing",
        "merge into {t} t using (values (1)) v on true when matched then delete",
        "lock table {t} in access exclusive mode",
    ],
)
def test_no_table_of_the_book_is_emptied_or_bent(db: Any, table: str, way: str) -> None:
    refused(db, way.format(t=table), why="permission denied|must be owner|does not exist")


@pytest.mark.parametrize("table", ["ledger_journal", "ledger_transfer"])
@pytest.mark.parametrize(
    "way",
    [
        "update {t} set {c} = {c}",
        "update {t} set {c} = {c} where false",
        "select * from {t} for update",
        "insert into {t} select * from {t} on conflict do nothing",
        "insert into {t} select * from {t} on conflict ({k}) do update set {c} = excluded.{c}",
    ],
)
def test_no_row_of_the_past_is_touched(db: Any, table: str, way: str) -> None:
    column, key = ("amount", "journal_id, line") if "transfer" in table else ("kind", "id")
    if "do nothing" in way:  # conflicts with what is there, and changes nothing
        before = dump(db)
        db.session.execute(text(way.format(t=table)))
        assert dump(db) == before
        return
    refused(db, way.format(t=table, c=column, k=key), why="permission denied")


@pytest.mark.parametrize(
    "column",
    [
        "id",
        "path",
        "currency",
        "code",
        "side",
        "limited",
        "debits_posted",
        "credits_posted",
        "debits_pending",
        "credits_pending",
    ],
)
def test_no_account_is_changed(db: Any, column: str) -> None:
    refused(db, f"update ledger_account set {column} = {column}", why="permission denied")


def test_a_version_moves_with_transfers_only(db: Any) -> None:
    refused(db, "update ledger_account set version = version + 1", why="move only with transfers")


MINE = "create temporary table {t} (like public.{t})"
BUMP = "update public.ledger_account set version = version + 1 where path = '1100:clearing:sandbox'"


def test_a_session_of_its_own_tables_fools_no_guard(db: Any) -> None:
    """Temporary tables named like the book's are not what the guards look at."""
    nothing = FORGED.format(table="pg_temp.ledger_transfer")
    refused(db, MINE.format(t="ledger_transfer"), nothing, BUMP, why="move only with transfers")
    late = FORGED.format(table="public.ledger_transfer").replace("j.id, 1,", "j.id, 9,")
    refused(
        db,
        MINE.format(t="ledger_journal"),
        "insert into pg_temp.ledger_journal select * from public.ledger_journal",
        "update pg_temp.ledger_journal set line_count = 9",
        late.replace("c.id, 0,", "c.id, 5,").replace("10000, 9500", "10005, 9505"),
        why="sealed",
    )


def test_it_is_their_path_that_keeps_the_guards_from_being_fooled(db: Any) -> None:
    with as_owner():
        db.session.execute(text("alter function ledger_guard_account() reset search_path"))
    db.session.execute(text(MINE.format(t="ledger_transfer")))
    db.session.execute(text(FORGED.format(table="pg_temp.ledger_transfer")))
    assert db.session.execute(text(BUMP)).rowcount == 1


@pytest.mark.parametrize(
    "head",
    [
        "'1', null, 'x', 'CNY'",
    ],
)
def test_an_account_needs_all_its_columns(db: Any, head: str) -> None:
    columns = "id, code, path, currency, side, limited"
    refused(
        db,
        f"insert into ledger_account ({columns}) values ({head}, 'credit', true)",
        why="null value",
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"currency": "USD"}, "fk_ledger_transfer"),
        ({"amount": 0}, "amount_is_positive"),
        ({"lines": 2}, "together with all its lines"),
        ({"step": 3}, "move only with transfers"),
        ({"state": "settled"}, "sealed"),
        ({"form": "void", "state": "voided"}, "resolves_a_hold"),
        ({"form": "gift"}, "form_is_known"),
        ({"debit_more": 7}, "move only with transfers"),
    ],
    ids=str,
)
def test_a_forged_journal_is_refused(db: Any, changes: Any, why: str) -> None:
    refused(db, both(**changes), why=why)


@pytest.mark.parametrize("key", ["done", "sent"])
def test_what_was_answered_is_not_answered_again(db: Any, key: str) -> None:
    original = f"(select id from ledger_journal where idempotency_key = '{key}')"
    link = {"resolves": original} if key == "done" else {"reverses": original}
    form = {"form": "settlement", "state": "settled"} if key == "done" else {"form": "reversal"}
    refused(db, both(**link, **form), why="uq_ledger_journal|line by line|move only")


def test_a_written_journal_takes_no_further_line(db: Any) -> None:
    line = LINE.format(
        amount=1, currency="CNY", state="posted", step=1, debit_more=1, credit_more=1
    )
    paid = "(select id from ledger_journal where idempotency_key = 'paid')"
    refused(db, line.replace("select 1, 1,", f"select {paid}, 2,"), why="sealed|move only")
