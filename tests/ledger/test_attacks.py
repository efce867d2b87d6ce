"""What raw SQL as the application cannot do to the book, however it goes about it."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ledger import audit, chain
from ledger import book as book_
from tests.factories.ledger import CLEARING, DAY, PAYABLE, hold, journal, reverse, settle, sold
from tests.factories.owner import as_owner

DEFAULTS: dict[str, str] = {
    "id": "7",
    "key": "'raw'",
    "form": "'entry'",
    "kind": "'test'",
    "ref": "'O-1'",
    "on": "'2026-03-01'",
    "at": "now()",
    "expires": "null",
    "answers": "null",
    "why": "null",
    "debits": "'{1100:clearing:sandbox}'",
    "credits": "'{2110:seller_payable:S-1}'",
    "amounts": "'{100}'",
    "currencies": "'{CNY}'",
    "reasons": "'{raw}'",
}
NO_LINES = dict.fromkeys(("debits", "credits", "amounts", "currencies", "reasons"), "null")
BACKWARDS = {"debits": DEFAULTS["credits"], "credits": DEFAULTS["debits"]}


def call(**changes: str) -> str:
    return f"select ledger_post({', '.join((DEFAULTS | changes).values())})"


def call_all(head: str = "", line: str = "") -> str:
    head = head or '[7, "raw", "test", "O-1", "2026-03-01"]'
    line = line or '[1, "1100:clearing:sandbox", "2110:seller_payable:S-1", 100, "CNY", "raw"]'
    return f"select ledger_post_all(now(), '[{head}]', '[{line}]')".replace(":", "\\:")


@pytest.fixture(autouse=True)
def book(db: Any) -> Any:
    """A hold that is open, one that was settled, and a reversal."""
    sold()
    flight = (PAYABLE, CLEARING, "5.00")
    hold(journal("open", flight))
    hold(journal("done", flight))
    settle("done", key="sent", kind="test.sent", on=DAY)
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


INSERTS = [
    "insert into ledger_account (id, path, currency, code, side, limited)"
    " values (1, '2200\\:wallet\\:1', 'CNY', 2200, 'credit', true)",
    "insert into ledger_journal (id, idempotency_key, request_hash, form, kind, ref, business_date,"
    " event_at, line_count) values (1, 'raw', '', 'entry', 'test', '', '2026-03-01', now(), 1)",
    "insert into ledger_transfer select j.id, 9, t.debit_account_id, t.credit_account_id from"
    " ledger_transfer t, ledger_journal j",
    "insert into ledger_chart values (9999, 'mine', 'credit', false, false, false)",
    "insert into ledger_posting values ('test', 1100, 9999, false, false)",
    "update ledger_posting set kind = kind",
    "delete from ledger_posting",
    "update ledger_chart set limited = false",
    "update ledger_account set version = version + 1",
    "select setval('ledger_account_id', 1)",
]


@pytest.mark.parametrize("claim", [(), ("select set_config('ledger.by', 'book', false)",)])
@pytest.mark.parametrize("statement", INSERTS)
def test_no_row_is_written_by_hand(db: Any, statement: str, claim: tuple[str, ...]) -> None:
    refused(db, *claim, statement, why="permission denied")


@pytest.mark.parametrize(
    "statement",
    [
        "select ledger_open('2200\\:wallet\\:1', 'CNY', 3)",
        "select ledger_ascii('x')",
        "create or replace function ledger_post() returns text language sql as 'select 1'",
        "alter function ledger_open(text, text, int) security definer",
    ],
)
def test_what_the_functions_use_is_theirs(db: Any, statement: str) -> None:
    refused(db, statement, why="permission denied|must be owner")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": "'gift'"}, "no posting declares"),
        ({"kind": "'order.released'"}, "no posting declares"),
        ({"kind": "null"}, "no posting declares"),
        ({"debits": "'{9999:purse:1}'"}, "no posting declares"),
        ({"debits": "'{purse}'"}, "invalid input syntax"),
        ({"debits": "'{1100:cleaning:sandbox}'"}, "no account 1100:cleaning:sandbox"),
        ({"debits": "'{1100:clearing}'"}, "no account 1100:clearing"),
        ({"debits": "'{1100:clearing:}'"}, "no account 1100:clearing:"),
        ({"debits": "'{1200:bank:mine}'"}, "no account 1200:bank:mine"),
        ({"currencies": "'{cny}'"}, "no account"),
        ({"currencies": "'{EURO}'"}, "no account"),
        ({"amounts": "'{0}'"}, "moves nothing"),
        ({"amounts": "'{-5}'"}, "moves nothing"),
        ({"amounts": "'{null}'"}, "null value"),
        ({"amounts": "'{9223372036854775807}'"}, "out of range"),
        ({"credits": DEFAULTS["debits"]}, "moves nothing"),
        ({"form": "'gift'"}, "makes no sense"),
        ({"form": "null"}, "null value"),
        ({"form": "'settlement'"}, "makes no sense"),
        ({"form": "'reversal'"}, "makes no sense"),
        ({"form": "'void'"}, "makes no sense"),
        ({"expires": "now()"}, "makes no sense"),
        ({"key": "''"}, "makes no sense"),
        ({"key": "null"}, "null value"),
        ({"ref": "null"}, "null value"),
        ({"on": "null"}, "null value"),
        ({"at": "null"}, "null value"),
        ({"id": "null"}, "null value"),
        ({"reasons": "'{}'"}, "makes no sense"),
        ({"reasons": "null"}, "makes no sense"),
        (NO_LINES, "makes no sense"),
        (dict.fromkeys(NO_LINES, "'{}'"), "makes no sense"),
        ({"debits": "'[5:5]={1100:clearing:sandbox}'"}, "no posting declares"),
        ({"id": "(select min(id) from ledger_journal)"}, "pk_ledger_journal"),
        ({"answers": "'open'", "form": "'entry'"}, "answers nothing"),
        ({"answers": "'open'", "form": "'settlement'", "kind": "'gift'"}, "no posting declares"),
        ({"answers": "'open'", "form": "'void'"}, "a void is called so"),
        ({"answers": "'open'", "form": "'void'", "kind": "'hold.voided'"}, "a void is called so"),
    ],
    ids=str,
)
def test_no_journal_is_forged(db: Any, changes: dict[str, str], why: str) -> None:
    refused(db, call(**changes).replace(":", "\\:"), why=why)


TWO = {
    "debits": "'{1100:clearing:sandbox,1100:clearing:sandbox}'",
    "credits": "'{2110:seller_payable:S-1,2110:seller_payable:S-1}'",
    "currencies": "'{CNY,CNY}'",
    "reasons": "'{a,b}'",
}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"amounts": "'{100}'"}, "makes no sense"),
        ({"amounts": "'{100,0}'"}, "amount_is_positive"),
        ({"amounts": "'{100,-100}'"}, "amount_is_positive"),
        ({"amounts": "'{100,null}'"}, "null value"),
        ({"amounts": "'{9223372036854775807,1}'"}, "out of range"),
        ({"amounts": "'{1,1}'", "currencies": "'{CNY,usd}'"}, "no account"),
        ({"amounts": "'{1,1}'", "credits": TWO["debits"]}, "sides_differ"),
    ],
    ids=str,
)
def test_no_journal_of_two_lines_is_forged(db: Any, changes: dict[str, str], why: str) -> None:
    refused(db, call(**(TWO | changes)).replace(":", "\\:"), why=why)


@pytest.mark.parametrize(
    ("head", "line", "why"),
    [
        ('[7, "raw", "gift", "O-1", "2026-03-01"]', "", "no posting declares"),
        ('[7, "raw", "test", "O-1", null]', "", "null value"),
        ('[null, "raw", "test", "O-1", "2026-03-01"]', "", "null value"),
        ("", '[2, "1100:clearing:a", "2200:wallet:1", 1, "CNY", ""]', "no posting declares"),
        ("", '[1, "1100:clearing:a", "2200:wallet", 1, "CNY", ""]', "no account"),
        ("", '[1, "1100:clearing:a", "2200:wallet:1", 0, "CNY", ""]', "amount_is_positive"),
        ("", '[1, "2200:wallet:1", "2200:wallet:1", 5, "CNY", ""]', "sides_differ"),
        ("", '[1, "1100:clearing:a", "2200:wallet:1", 1.5, "CNY", ""]', "invalid input syntax"),
        (
            '[7, "raw", "test", "", "2026-03-01"], [8, "empty", "test", "", "2026-03-01"]',
            "",
            "has no lines",
        ),
        (
            '[7, "raw", "test", "", "2026-03-01"], [8, "raw", "test", "", "2026-03-01"]',
            "",
            "has no lines",
        ),
        ("", '[null, "1100:clearing:a", "2200:wallet:1", 1, "CNY", ""]', "no posting declares"),
    ],
)
def test_no_set_of_journals_is_forged(db: Any, head: str, line: str, why: str) -> None:
    refused(db, call_all(head, line), why=why)


@pytest.mark.parametrize(
    ("statement", "answer"),
    [
        (call(**BACKWARDS, amounts="'{9501}'"), "short:501:CNY:2110:seller_payable:S-1"),
        (
            call(**BACKWARDS, amounts="'{9501}'", form="'hold'"),
            "short:501:CNY:2110:seller_payable:S-1",
        ),
        (call(key="'paid'"), "clash"),
        (call(key="'open'", form="'hold'"), "clash"),
        (call(form="'reversal'", answers="'open'"), "form:hold"),
        (call(form="'reversal'", answers="'sent'"), "answered"),
        (call(form="'reversal'", answers="'back'"), "form:reversal"),
        (call(form="'reversal'", answers="'none'"), "unknown"),
        (call(form="'settlement'", answers="'paid'"), "form:entry"),
        (call(form="'settlement'", answers="'done'"), "answered"),
        (call(form="'settlement'", answers="'open'", key="'paid'"), "clash"),
        (
            call(form="'void'", answers="'done'", key="'done:void'", kind="'hold.voided'"),
            "answered",
        ),
        (call_all('[7, "paid", "test", "O-1", "2026-03-01"]'), "clash:paid"),
    ],
)
def test_what_is_refused_kindly_leaves_the_book_as_it_was(
    db: Any, statement: str, answer: str
) -> None:
    before = dump(db)
    statement = statement.replace("\\:", ":").replace(":", "\\:")
    assert db.session.execute(text(statement)).scalar_one() == answer
    assert dump(db) == before


@pytest.mark.parametrize("statement", [call(id="1", on="'1999-01-01'"), call_all()])
def test_what_is_well_formed_keeps_every_invariant(db: Any, statement: str) -> None:
    """Nobody can claim another hash, version or balance: the function makes them."""
    chain.seal_all()
    statement = statement.replace("\\:", ":").replace(":", "\\:")
    assert not db.session.execute(text(statement)).scalar_one()
    chain.seal_all()
    assert [finding for finding in audit.run_own() if not finding.ok] == []
    assert book_.balance(PAYABLE, "CNY").minor == 9600


def test_a_session_of_its_own_tables_fools_no_function(db: Any) -> None:
    """Temporary tables named like the book's are not what the functions look at."""
    for name in ("ledger_account", "ledger_journal", "ledger_transfer", "ledger_posting"):
        db.session.execute(text(f"create temporary table {name} (like public.{name})"))
    db.session.execute(
        text(
            "insert into pg_temp.ledger_posting values ('gift', 1100, 2110, false, false, false, false)"
        )
    )
    gift = call(kind="'gift'").replace(":", "\\:")
    with pytest.raises(DBAPIError, match="no posting declares"), db.session.begin_nested():
        db.session.execute(text(gift))
    assert db.session.execute(text(call().replace(":", "\\:"))).scalar() is None
    found = db.session.execute(text("select count(*) from public.ledger_journal where id = 7"))
    assert found.scalar_one() == 1


def test_it_is_their_path_that_keeps_the_functions_from_being_fooled(db: Any) -> None:
    with as_owner():
        name = db.session.execute(text("select 'ledger_post'::regproc::oid::regprocedure::text"))
        db.session.execute(text(f"alter function {name.scalar_one()} reset search_path"))
    db.session.execute(text("create temporary table ledger_posting (like public.ledger_posting)"))
    with pytest.raises(DBAPIError, match=r"no posting declares|permission denied"):
        db.session.execute(text(call().replace(":", "\\:")))
