"""What `flask finance quote` is asked and answers: terms and a day → rows, totals, rates."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from finance.lending import methods, rate_question
from finance.lending.methods import Dated
from finance.lending.plan import PlanRow, schedule
from finance.lending.quote_terms import Asked, in_units, is_for_plan, read_terms, renamed
from finance.lending.replay import answer as replayed
from finance.lending.replay import events
from finance.lending.replay import fields as f
from finance.lending.replay.config import read_config
from finance.lending.replay.events import Event
from finance.lending.replay.fields import FieldError, Fields
from finance.lending.replay.fold import fold

Json = dict[str, object]
_PARTS = ("principal", "interest", "fees", "penalties", "due")
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Line:
    """One row; number 0 falls due at disbursement in a plan. planned: before holidays."""

    number: int
    on: date
    planned: date
    balance: Decimal
    principal: Decimal
    interest: Decimal
    fees: Decimal

    @property
    def due(self) -> Decimal:
        return self.principal + self.interest + self.fees

    def told(self) -> Json:
        said: Json = {"nr": self.number, "date": self.on.isoformat(), "balance": self.balance}
        parts = {"principal": self.principal, "interest": self.interest, "fees": self.fees}
        return said | parts | {"penalties": _ZERO, "due": self.due}


@dataclass(frozen=True, slots=True)
class _Rows:
    """What a quote is made of, from whichever engine."""

    lent: Decimal
    on: date
    lines: tuple[_Line, ...]
    unused: tuple[str, ...]


def answer(asked: object) -> Json:
    """The JSON answer to {"config": …, "disbursed_on": "2026-01-01"}.

    rows          as a replayed schedule shows them: the disbursement (a date and a balance, no
                  nr), then every payment with its parts and the principal owed after it
    totals        of all payments by part; `cost` is what is paid beside principal
    annual_rates  by method; a method that finds no rate has {"error": …}
    Raises FieldError with the field's name.
    """
    question = Fields(asked, "")
    config = question.get("config", _an_object)
    day = question.maybe("disbursed_on", f.day)
    rows = _planned(config, day) if is_for_plan(config) else _replayed(config, day)
    unused = [*rows.unused, *question.unasked()]
    said: Json = {
        "rows": [{"date": rows.on.isoformat(), "balance": rows.lent}]
        + [line.told() for line in rows.lines],
        "totals": _totals(rows),
        "annual_rates": _annual_rates(rows),
    }
    return said | {"unused": unused} if unused else said


def _an_object(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise FieldError(name, "must be an object")
    return value


def _begun(day: date | None) -> date:
    if day is None:
        raise FieldError("disbursed_on", "is missing")
    return day


def _planned(config: dict[str, object], day: date | None) -> _Rows:
    asked = read_terms(config)
    begun = _begun(day or asked.start)
    try:
        plan = schedule(asked.terms, begun)
    except OverflowError:
        raise _too_long() from None
    except ValueError as problem:
        raise renamed(problem) from None
    lines = tuple(_plan_line(row, asked) for row in plan.rows)
    lent = in_units(asked.terms.principal.minor, asked.decimals)
    return _Rows(lent, begun, lines, asked.unused)


def _plan_line(row: PlanRow, asked: Asked) -> _Line:
    amounts = (row.balance, row.principal, row.interest, row.fee)
    parts = [in_units(money.minor, asked.decimals) for money in amounts]
    return _Line(row.number, row.due_on, row.planned, *parts)


def _too_long() -> FieldError:
    return FieldError("config.number_of_repayments", "the last row falls after the year 9998")


def _replayed(config: dict[str, object], day: date | None) -> _Rows:
    terms, begun = read_config(config), _begun(day)
    event = Event(events.DISBURSEMENT, begun, begun, 0, amount=terms.approved)
    try:
        work = fold(terms, [event])
    except (OverflowError, ValueError):
        raise _too_long() from None
    assert work, "money went out"
    lines = tuple(_replayed_line(row) for row in replayed.schedule(work, False))
    return _Rows(terms.approved, begun, lines, terms.unused)


def _replayed_line(row: Json) -> _Line:
    day = date.fromisoformat(str(row["date"]))
    amounts = [Decimal(str(row[part])) for part in ("balance", *_PARTS[:3])]
    return _Line(int(str(row["nr"])), day, day, *amounts)


def _totals(rows: _Rows) -> Json:
    sums = {
        "principal": sum((line.principal for line in rows.lines), _ZERO),
        "interest": sum((line.interest for line in rows.lines), _ZERO),
        "fees": sum((line.fees for line in rows.lines), _ZERO),
        "penalties": _ZERO,
        "due": sum((line.due for line in rows.lines), _ZERO),
    }
    return {**sums, "cost": sums["interest"] + sums["fees"]}


def _annual_rates(rows: _Rows) -> Json:
    """From the dated flows; what falls due at disbursement is taken off what is paid out."""
    flows = [Dated(rows.on, Fraction(rows.lent))]
    flows += [Dated(line.planned, -Fraction(line.due)) for line in rows.lines]
    said: Json = {}
    for method in methods.METHODS:
        try:
            said[method] = rate_question.told(methods.by_name(method, flows))
        except ValueError as problem:
            said[method] = {"error": str(problem)}
    return said
