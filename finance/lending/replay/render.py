"""A loan's state as JSON: what `as_of`, `balances` and `journal` ask for."""

from collections.abc import Iterable
from typing import Any

from finance.lending.replay.entries import Entry
from finance.lending.replay.state import Allocation, Parts, RowState, State

Json = dict[str, Any]


def state(of: State) -> Json:
    """Rows, balances by part, what each event did, journal entries."""
    return {
        "as_of": of.on.isoformat(),
        "status": of.status,
        "rows": [row(each) for each in of.rows],
        "balances": balances(of),
        "allocations": [allocation(each) for each in of.allocations],
        "journal": journal(of.entries),
    }


def balances(of: State) -> Json:
    return {
        "outstanding": parts(of.outstanding),
        "due": parts(of.due),
        "overdue": parts(of.overdue),
        "paid": parts(of.paid),
        "interest_accrued": of.accrued,
        "overpaid": of.overpaid,
        "payoff": of.payoff,
    }


def parts(of: Parts) -> Json:
    return {
        "principal": of.principal,
        "interest": of.interest,
        "fees": of.fee,
        "penalties": of.penalty,
        "total": of.total,
    }


def row(of: RowState) -> Json:
    line: Json = {
        "nr": of.number,
        "kind": of.kind,
        "from": of.start.isoformat(),
        "date": of.due_on.isoformat(),
        "due": parts(of.due),
        "paid": parts(of.paid),
        "outstanding": of.outstanding.total,
    }
    return line | {"paid_date": of.met_on.isoformat()} if of.met_on else line


def allocation(of: Allocation) -> Json:
    shares = [{"nr": nr, "part": part, "amount": amount} for nr, part, amount in of.shares]
    made: Json = {"id": of.id, "type": of.kind, "date": of.on.isoformat(), "amount": of.amount}
    return made | {"parts": parts(of.parts), "overpaid": of.overpaid, "rows": shares}


def journal(entries: Iterable[Entry]) -> list[Json]:
    """Debits and credits of each entry, by role."""
    made = []
    for each in entries:
        lines = [
            {"account": line.account, "debit" if line.amount > 0 else "credit": abs(line.amount)}
            for line in each.lines
        ]
        made.append({"date": each.on.isoformat(), "type": each.what, "id": each.id, "lines": lines})
    return made
