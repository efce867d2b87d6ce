"""The application's role may do what the models allow, and nothing that would change the past."""

from typing import Any

import pytest
from sqlalchemy import BigInteger, text
from sqlalchemy.exc import DBAPIError

from core import roles, selfcheck, triggers
from core.db import Base
from tests.factories.owner import as_owner

DENIED = "permission denied|must be owner|must be superuser|not permitted|may only be|Only roles"


def refused(db: Any, statement: str, why: str = DENIED) -> None:
    with pytest.raises(DBAPIError, match=why), db.session.begin_nested():
        db.session.execute(text(statement))


def test_everything_acts_as_the_application(db: Any) -> None:
    assert db.session.execute(text("select current_user")).scalar() == "mall_app"


def test_the_rights_are_those_of_the_models(db: Any) -> None:
    assert roles.faults(db.session.connection()) == []


def test_what_holds_money_is_never_deleted(app: Any) -> None:
    money = {
        name
        for name, table in Base.metadata.tables.items()
        for column in table.columns
        if (isinstance(column.type, BigInteger) and "amount" in column.name) or name == "decision"
    }
    money = {name for name in money if not name.startswith("sandbox_")}  # a bank elsewhere
    assert len(money) > 20
    assert [name for name in money if Base.metadata.tables[name].info.get("removable")] == []


@pytest.mark.parametrize("name", sorted(Base.metadata.tables))
def test_no_table_is_emptied_and_few_forget_a_row(db: Any, name: str) -> None:
    table = Base.metadata.tables[name]
    refused(db, f'truncate "{name}" cascade')
    if not table.info.get("removable"):
        refused(db, f'delete from "{name}"')
    if table.info.get("append_only"):
        refused(db, f'update "{name}" set {next(iter(table.columns)).name} = null')


APPEND_ONLY = [
    "advance_event",
    "decision",
    "ledger_journal",
    "ledger_transfer",
    "loan_event",
    "order_step",
    "remittance",
    "settlement_line",
    "stock_movement",
]
FROZEN = [
    "advance.principal",
    "advance.fee",
    "advance.currency",
    "bank_line.amount",
    "checkout.total",
    "checkout_part.amount",
    "checkout_share.amount",
    "gateway_event.object_id",
    "gateway_op.amount",
    "gateway_op.currency",
    "gateway_op.params",
    "gateway_op.slot",
    "ledger_account.debits_posted",
    "ledger_account.version",
    "ledger_posting.kind",
    "ledger_account.limited",
    "ledger_account.path",
    "loan.principal",
    "loan.currency",
    "loan_order.amount",
    "loan_payment.amount",
    "order_line.amount",
    "order_line.quantity",
    "orders.total",
    "orders.number",
    "orders.commission_ppm",
    "payment.currency",
    "payment.purpose",
    "payout.amount",
    "payout.destination",
    "payout.seller_id",
    "pledge.amount",
    "refund.order_id",
    "refund.number",
    "reservation.quantity",
]


@pytest.mark.parametrize("name", APPEND_ONLY)
def test_what_happened_stays_as_it_was_written(db: Any, name: str) -> None:
    columns = Base.metadata.tables[name].columns
    for column in columns:
        refused(db, f'update {name} set "{column.name}" = "{column.name}"')


@pytest.mark.parametrize("place", FROZEN)
def test_an_amount_or_a_name_keeps_its_first_value(db: Any, place: str) -> None:
    table, column = place.split(".")
    refused(db, f"update {table} set {column} = {column}")


@pytest.mark.parametrize(
    "statement",
    [
        "set session_replication_role = replica",
        "alter table payment disable trigger all",
        "alter table payment drop constraint ck_payment_amount_is_positive",
        "create table mine (id int)",
        "create function mine() returns int language sql as 'select 1'",
        "create trigger mine after insert on payment execute function ledger_only_book()",
        "create rule mine as on insert to payment do instead nothing",
        "drop table payment",
        "drop function ledger_refuse()",
        "alter role mall_app superuser",
        "create role mine superuser",
        "select pg_read_file('/etc/passwd')",
        "copy payment from program 'true'",
        "create schema mine",
        "alter function ledger_only_book() reset search_path",
        "update alembic_version set version_num = 'x'",
        "select set_config('session_replication_role', 'replica', false)",
    ],
)
def test_the_application_has_no_power_over_the_tables(db: Any, statement: str) -> None:
    refused(db, statement)


def test_the_application_grants_itself_nothing(db: Any) -> None:
    db.session.execute(text("grant all on payment to mall_app"))  # a warning, no error
    assert roles.faults(db.session.connection()) == []


@pytest.mark.parametrize("way", ["reset role", "set role none", "reset all"])
def test_a_sign_in_of_its_own_leaves_no_way_back(db: Any, way: str) -> None:
    with as_owner():
        db.session.execute(text("set local session authorization mall_app"))
        db.session.execute(text(way))
        assert db.session.execute(text("select current_user")).scalar() == "mall_app"
        refused(db, "set role mall")
        refused(db, "delete from payment")
        db.session.execute(text("reset session authorization"))


def test_connections_start_as_the_application_and_a_reset_comes_back_to_it(app: Any) -> None:
    from sqlalchemy import create_engine

    engine = create_engine(app.config["SQLALCHEMY_DATABASE_URI"])
    with engine.connect() as connection:
        connection.execute(text("reset role"))
        assert connection.execute(text("select current_user")).scalar() == "mall_app"
    engine.dispose()


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("postgresql+psycopg://u:p%40ss@h/d", "-c role=mall_app"),
        ("postgresql+psycopg://u@h/d?options=-c%20jit%3Doff", "-c jit=off -c role=mall_app"),
        ("postgresql+psycopg://u@h/d?options=-c%20role%3Dmall_app", "-c role=mall_app"),
    ],
)
def test_an_address_keeps_its_own_options(url: str, options: str) -> None:
    from sqlalchemy import make_url

    made = make_url(roles.application_url(url))
    assert made.query["options"] == options and made.password == make_url(url).password


def test_other_options_of_the_environment_come_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c synchronous_commit=off")
    assert "synchronous_commit%3Doff%20-c%20role%3Dmall_app" in roles.application_url(
        "postgresql://h/d"
    )


def test_who_may_not_make_the_role_is_told_what_to_run(db: Any) -> None:
    with as_owner():
        db.session.execute(text("create role joe"))
        db.session.execute(text("set local role joe"))
        with pytest.raises(roles.RoleMissing, match='grant mall_app to "joe"'):
            roles.ensure(db.session.connection())
        db.session.execute(text("set local role none"))
        db.session.execute(text("alter role mall_app rename to elsewhere"))
        db.session.execute(text("set local role joe"))
        with pytest.raises(roles.RoleMissing, match="create role mall_app nologin"):
            roles.ensure(db.session.connection())
        db.session.execute(text("set local role none"))
        db.session.execute(text("alter role elsewhere rename to mall_app"))


def test_who_may_make_roles_makes_it_and_lets_others_act_as_it(db: Any) -> None:
    with as_owner():
        db.session.execute(text("alter role mall_app rename to elsewhere"))
        db.session.execute(text("create role ann createrole"))
        db.session.execute(text("create role shop"))
        db.session.execute(text("set local role ann"))
        roles.ensure(db.session.connection(), ("shop",))
        for name in ("ann", "shop"):
            assert roles._may_act(db.session.connection(), name)
        db.session.execute(text("set local role none"))
        db.session.execute(text("drop owned by mall_app"))
        db.session.execute(text("drop role mall_app"))
        db.session.execute(text("alter role elsewhere rename to mall_app"))


def test_the_application_itself_does_not_migrate(db: Any) -> None:
    with pytest.raises(roles.RoleMissing, match="DATABASE_OWNER_URL"):
        roles.ensure(db.session.connection())


def found(db: Any) -> list[str]:
    return [each for each in selfcheck.faults() if "could be lost" not in each]


def test_a_whole_database_is_fit_but_for_the_disk(db: Any) -> None:
    assert found(db) == []
    assert [each for each in selfcheck.faults() if each.startswith("fsync is off")]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("drop trigger decision_stays on decision", "trigger decision_stays"),
        (
            "alter table orders drop constraint ck_orders_total_adds_up",
            "constraint ck_orders_total_adds_up",
        ),
        ("grant delete on payment to mall_app", "mall_app may DELETE payment"),
        ("grant update on payout to public", "mall_app may UPDATE payout"),
        ("revoke select on person from mall_app", "mall_app may not SELECT person"),
        ("alter function ledger_only_book() reset search_path", "function ledger_only_book"),
        ("alter role mall_app createrole", "mall_app may create roles"),
        ("grant insert on ledger_transfer to mall_app", "mall_app may INSERT ledger_transfer"),
        (
            "revoke execute on function ledger_post_all(timestamptz, jsonb, jsonb) from mall_app",
            "mall_app may not call ledger_post_all(timestamp with time zone,jsonb,jsonb)",
        ),
        (
            "grant execute on function ledger_open(text, text, int) to mall_app",
            "mall_app may call ledger_open(text,text,integer)",
        ),
        (
            "delete from ledger_posting where kind = 'order.released' and (debit, credit) = (2100, 2110)",
            "ledger_posting lacks order.released 2100 2110 False False True False",
        ),
    ],
)
def test_the_self_check_names_what_is_wrong(db: Any, statement: str, fault: str) -> None:
    with as_owner():
        db.session.execute(text(statement))
    assert found(db) == [fault]


def test_who_acts_as_somebody_else_is_named(db: Any) -> None:
    with as_owner():
        assert "not as mall_app" in selfcheck.faults()[0]


def test_every_trigger_is_expected_by_some_room(db: Any) -> None:
    bodies = {name: triggers.found_bodies()[name] for name in triggers.unknown_bodies()}
    unknown = (triggers.nobody_expects(), bodies)
    assert unknown == (set(), {}), "name these with core.triggers.expect in the room's models"


def test_an_unfit_database_is_not_served(committed_app: Any) -> None:
    with pytest.raises(selfcheck.Unguarded, match="fsync is off"):
        selfcheck.require(committed_app)
    committed_app.config["ALLOW_VOLATILE_DATABASE"] = True
    selfcheck.require(committed_app)
