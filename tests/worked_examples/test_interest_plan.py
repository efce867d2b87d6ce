"""The bare interest plan agrees with its cases: level payment, principal, interest, balance."""

from datetime import date
from decimal import Decimal, localcontext

import pytest

from finance.lending.replay import changes
from finance.lending.replay.config import Terms, read_config
from finance.lending.replay.dates import due_dates, spans
from finance.lending.replay.numbers import ZERO
from finance.lending.replay.spans import Plan
from tests.worked_examples.test_cases import cases


def plan_of(config: dict) -> tuple[Plan, list]:
    given = [(day(a), day(b)) for a, b in config["periods"]]
    beside = ("periods", "due_date_moves")
    terms: Terms = read_config(
        {k: v for k, v in config.items() if k not in beside}
        | {"principal_approved": 1, "number_of_repayments": len(given), "digits": 12}
    )
    moves = config.get("due_date_moves") or []
    if moves:
        # the periods are shown as they stand in the end
        given = spans(given[0][0], due_dates(terms, given[0][0]))
    return Plan.of(terms, given), moves


def day(text: str) -> date:
    return date.fromisoformat(text)


def apply(plan: Plan, item: dict, moves: list) -> None:
    amount, on = Decimal(item.get("amount", 0)), day(item.get("date", "2000-01-01"))
    op = item["op"]
    if op == "DISBURSEMENT":
        changes.disburse(plan, on, amount)
        for due, to in moves:
            changes.move_due(plan, day(due), day(to))
    elif op == "PAY_INTEREST":
        changes.pay_interest(plan, day(item["installment_due"]), on, amount)
    elif op == "PAY_PRINCIPAL":
        changes.pay_principal(plan, day(item["installment_due"]), on, amount)
    elif op == "CHARGEBACK_PRINCIPAL":
        changes.credit(plan, on, amount, ZERO)
    elif op == "CHARGEBACK_INTEREST":
        changes.credit(plan, on, ZERO, amount)
    elif op == "BALANCE_CORRECTION":
        changes.correct(plan, on, amount)
    elif op == "INTEREST_PAUSE":
        changes.pause(plan, day(item["start"]), day(item["end"]))
    else:
        assert op == "INTEREST_RATE_CHANGE"
        changes.change_rate(plan, day(item["effective_from"]), Decimal(item["annual_rate_percent"]))


def check(plan: Plan, item: dict) -> None:
    if item["check"] == "total_interest":
        assert plan.total("interest") == item["amount"]
        return
    for row in item["rows"]:
        period = plan.ready()[row["installment"] - 1]
        got = (period.due.isoformat(), period.level, period.principal, period.interest, period.left)
        keys = ("due", "emi", "principal", "interest", "balance")
        assert got == tuple(row[key] for key in keys), row


@pytest.mark.parametrize("case", cases("interest_plan.jsonl"), ids=lambda case: case["id"])
def test_a_plan_agrees(case: dict) -> None:
    plan, moves = plan_of(case["config"])
    with localcontext(plan.unit.context()):
        for item in case["timeline"]:
            if "op" in item:
                apply(plan, item, moves)
            else:
                check(plan, item)
