"""What sets do to plans is what one plan after the other would have had, to the byte."""

from datetime import date, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select, text

from core import clock
from core.db import db as database
from finance.collections import by_sets, charging, losing, reminding
from finance.collections.services import run_day
from finance.collections.set_events import Acted
from finance.loans.models import Loan
from finance.loans.queries import loan_numbered
from finance.products import LateRule
from ledger import audit, book
from tests.factories.loans import make_loan, pay_loan
from tests.factories.many_loans import make_many, pay_many
from tests.factories.people import make_shopper
from tests.finance.money import yuan

SETS = (
    (by_sets, "fall_due"),
    (by_sets, "mark_late"),
    (by_sets, "default"),
    (charging, "charge"),
    (reminding, "remind"),
    (losing, "charge_off"),
)
FIRST, LAST = date(2025, 11, 1), date(2026, 4, 17)
_TABLES = {
    "loan": "select to_jsonb(l) - 'id' from loan l order by number",
    "rows": "select l.number, to_jsonb(i) from installment i join loan l on l.id = i.loan_id"
    " order by l.number, i.number",
    "events": "select l.number, to_jsonb(e) - 'id' from loan_event e join loan l on l.id = e.loan_id"
    " order by l.number, e.entry",
    "standing": "select to_jsonb(s) from loan_standing s order by contract_id",
    "claims": "select to_jsonb(c) from claim c order by ref",
    "exposure": "select to_jsonb(e) from exposure e order by person_id",
    "messages": "select person_id, kind, key, body from message order by person_id, key",
    "journals": "select idempotency_key, kind, ref, business_date, line_count from ledger_journal"
    " order by idempotency_key",
    "lines": "select j.idempotency_key, t.line, d.path, c.path, t.amount, t.currency, t.reason"
    " from ledger_transfer t join ledger_journal j on j.id = t.journal_id"
    " join ledger_account d on d.id = t.debit_account_id"
    " join ledger_account c on c.id = t.credit_account_id order by 1, 2",
}


def everything() -> dict[str, list[Any]]:
    """All that a day may change, without the ids that journals and events happened to get."""
    database.session.expire_all()
    connection = database.session.connection()
    return {
        name: [tuple(row) for row in connection.execute(text(query))]
        for name, query in _TABLES.items()
    }


@pytest.fixture
def lives(db: Any) -> list[date]:
    """80 plans in all kinds of states, some of which heard of something late; the days to come."""
    dice = Random(4)
    make_many(dice, 80, FIRST, date(2025, 12, 20))
    for number in range(60):
        day = date(2025, 12, 1) + timedelta(number)
        run_day(day)
        if number % 6 == 0:
            pay_many(_some_of_what_is_due(dice, day), day)
    for loan in db.session.scalars(select(Loan).order_by(Loan.id).limit(12)).all():
        if loan.is_running:
            pay_loan(loan, yuan("20.00"), date(2026, 1, dice.randint(1, 28)))
    return [date(2026, 1, 30) + timedelta(n) for n in (0, 1, 2, 9, 16, 40, 49, 77)]


def _some_of_what_is_due(dice: Random, day: date) -> dict[int, int]:
    running = database.session.scalars(select(Loan).where(Loan.state == "active").order_by(Loan.id))
    due = {loan.id: sum(r.payable for r in loan.rows if r.due_on <= day) for loan in running}
    return {id: dice.choice((owed, (owed + 1) // 2)) for id, owed in due.items()
            if owed and dice.random() < 0.7}  # fmt: skip


def test_the_same_as_loan_by_loan(lives: list[date], monkeypatch: pytest.MonkeyPatch) -> None:
    def live() -> dict[str, list[Any]]:
        database.session.commit()
        connection: Any = database.engine  # in tests the one outer connection
        savepoint = connection.begin_nested()
        with clock.travel(clock.start_of(LAST)):
            worked = [run_day(day).counts for day in lives]
            found = everything() | {"counts": worked}
        assert [f for f in audit.run() if not f.ok] == []
        database.session.close()
        savepoint.rollback()
        return found

    quick = live()
    for room, name in SETS:
        monkeypatch.setattr(room, name, lambda loans, day, rule: Acted(0, loans))
    slow = live()
    for name in quick:
        assert quick[name] == slow[name], name
    kinds = {event["kind"] for _, event in quick["events"]}
    assert {"due", "late", "default", "reminded", "late_fee", "waived", "charged_off"} <= kinds


def test_most_of_them_are_done_by_sets(lives: list[date], monkeypatch: Any) -> None:
    ways = {"sets": 0, "left": 0}
    for room, name in SETS:
        act = getattr(room, name)

        def counted(*args: Any, act: Any = act) -> Acted:
            acted = act(*args)
            ways["sets"] += acted.count
            ways["left"] += len(acted.left)
            return acted

        monkeypatch.setattr(room, name, counted)
    for day in lives:
        run_day(day)
    assert ways["sets"] > ways["left"] > 0


def test_who_is_late_today_is_told_by_either_way(db: Any) -> None:
    plan = make_loan(make_shopper().id, yuan("3600.00"), on=FIRST, received_on=FIRST)
    for day in (date(2025, 12, 1), date(2025, 12, 5)):
        with clock.travel(clock.start_of(day)):
            run_day(day)
    said = "select kind from message where person_id = :id order by id"
    kinds = db.session.execute(text(said), {"id": plan.borrower_id}).scalars().all()
    assert kinds == ["installment_due", "installment_late", "limit_halved"]
    assert loan_numbered(plan.number).rows[0].state == "late"


def test_a_persons_first_fee_is_waived_once_over_all_her_plans(db: Any) -> None:
    shopper = make_shopper()
    plans = [make_loan(shopper.id, yuan("3600.00"), on=FIRST, received_on=FIRST) for _ in range(2)]
    for day in (date(2025, 12, 1), date(2025, 12, 5), date(2025, 12, 12)):
        with clock.travel(clock.start_of(day)):
            run_day(day)
    fees = [loan_numbered(plan.number).rows[0].late_fee for plan in plans]
    assert fees == [0, 175]  # 318.00, eleven days late, a twentieth of a percent a day
    assert book.sum_of("late_fee_income", "CNY") == yuan("1.75")
    said = "select key from message where person_id = :id and kind = 'late_fee'"
    told = db.session.execute(text(said), {"id": shopper.id}).scalars().all()
    assert told == [f"loan:{plans[1].number}:late_fee:1"]


def test_fees_of_a_month_end_where_the_rule_ends_them() -> None:
    rule = LateRule(fee_month_max=300, first_waived=False)
    person = charging._Person(waived=False, this_month=0)
    rows = [
        SimpleNamespace(
            id=n, loan=f"L-{n}", currency="CNY", borrower_id=7, financed=360_000, charged=0,
            row=1, due_on=date(2025, 12, 1), payable=31_800, entry=4,
        )
        for n in (1, 2, 3)
    ]  # fmt: skip
    todo = [(row, 1) for row in rows]
    done = charging._decide(todo, {7: person}, date(2025, 12, 12), rule)
    assert done.fees == [175, 125, 0]
    assert [fact.kind for fact in done.facts] == ["late_fee", "late_fee", "no_late_fee"]
