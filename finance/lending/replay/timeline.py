"""Reading a case: its terms, its events and the questions between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from finance.lending.replay import events as e
from finance.lending.replay import fields as f
from finance.lending.replay.config import MOST_YEARS, Terms, read_config, years
from finance.lending.replay.events import Event
from finance.lending.replay.fields import FieldError, Fields
from finance.lending.replay.orders import NAMED

CHECKPOINTS = (
    "schedule",
    "transactions",
    "total_outstanding",
    "overpaid",
    "status",
    "journal",
    "balances",
)
_EVENT_QUESTIONS = {"transactions", "overpaid", "status"}
_MOVES_MONEY = (
    e.DISBURSEMENT,
    e.CHARGEBACK,
    e.CREDIT_BALANCE_REFUND,
    e.CHARGE_OFF,
    e.REAGE,
    e.REAMORTIZE,
    e.WAIVER,
    e.WRITE_OFF,
    e.RECOVERY,
    *e.PAYMENTS,
)


@dataclass(frozen=True, slots=True)
class Question:
    """place      of the checkpoint in the timeline
    on         the business day it is asked
    earned_to  overdue principal has earned interest up to this day (the latest an event was
               entered or a day closed)
    """

    place: int
    kind: str
    on: date
    earned_to: date | None


@dataclass(frozen=True, slots=True)
class Case:
    terms: Terms
    items: tuple[Event | Question, ...]
    with_paid_out: bool
    unused: tuple[str, ...] = ()


def read_case(value: object) -> Case:
    """A case from its JSON object; raises FieldError with the field's path."""
    case = Fields(value, "input")
    for key in ("config", "timeline"):
        if not case.has(key):
            raise FieldError(key, "is missing")
    timeline = case.values["timeline"]
    if not isinstance(timeline, Sequence) or isinstance(timeline, str):
        raise FieldError("timeline", "must be a list")
    by_events = any(_asks_events(item) for item in timeline)
    own = case.maybe("order_set", f.one_of(*NAMED))
    terms = read_config(
        case.values["config"], "config", own or ("events" if by_events else "schedules")
    )
    items, unused, latest = [], list(terms.unused), date.min
    for place, item in enumerate(timeline):
        fields = Fields(item, f"timeline[{place}]")
        read, latest = _item(fields, place, latest)
        items.append(read)
        if isinstance(read, Event):
            unused += fields.unasked()
    _refer(items)
    return Case(terms, tuple(items), not by_events, tuple(unused))


def _asks_events(item: object) -> bool:
    return isinstance(item, Mapping) and str(item.get("checkpoint")) in _EVENT_QUESTIONS


def _item(fields: Fields, place: int, latest: date) -> tuple[Event | Question, date]:
    on = fields.get("business_date", f.day)
    if fields.has("checkpoint"):
        kind = fields.get("checkpoint", f.one_of(*CHECKPOINTS))
        earned_to = fields.maybe("recalculated_to", f.day)
        return Question(place, kind, on, earned_to or latest), latest
    return _event(fields, place, on), max(latest, on)


def _event(fields: Fields, place: int, entered: date) -> Event:
    known = (*_MOVES_MONEY, *e.CHANGES_OF_TERMS, e.CHARGE, e.REVERSE, e.CLOSE_OF_BUSINESS)
    kind = fields.get("type", f.one_of(*known))
    common: dict[str, Any] = {"kind": kind, "entered": entered, "order": place}
    common["id"] = fields.maybe("id", f.whole(0, 10**12))
    if kind == e.CLOSE_OF_BUSINESS:
        return Event(on=entered, **common)
    if kind == e.REVERSE:
        fields.maybe("of_type", f.text)
        return Event(on=entered, of=fields.get("of", f.whole(0, 10**12)), **common)
    if kind == e.CHARGE:
        return _charge(fields, common, entered)
    if kind == e.RESCHEDULE:
        due, until = fields.get("from", f.day), fields.get("to", f.day)
        return Event(on=entered, due=due, until=until, **common)
    on = fields.get("date", f.day, entered)
    if kind in e.CHANGES_OF_TERMS or kind == e.REAGE:
        return _change(fields, common, on)
    return _money(fields, common, on)


def _charge(fields: Fields, common: dict[str, Any], entered: date) -> Event:
    """A charge counts from the day it is entered, or from its due day if that has passed."""
    due = fields.get("due", f.day, entered)
    fields.maybe("kind", f.text)
    return Event(
        on=min(due, entered),
        due=due,
        amount=fields.get("amount", f.positive),
        penalty=fields.get("penalty", f.truth, False),
        **common,
    )


def _change(fields: Fields, common: dict[str, Any], on: date) -> Event:
    kind = common["kind"]
    if kind == e.RATE:
        return Event(on=on, rate=fields.get("rate", f.not_negative), **common)
    if kind == e.PAUSE:
        end = fields.get("end", f.day)
        if end < on:
            raise FieldError(fields.name("end"), "must not be before its date")
        return Event(on=on, until=end, **common)
    if kind == e.EXTRA:
        return Event(on=on, count=fields.get("terms", f.whole(1, 120)), **common)
    count = fields.get("n", f.whole(1, 1_200))
    every = fields.get("every", f.whole(1, 3_660), 1)
    unit = fields.get("unit", f.one_of("DAYS", "WEEKS", "MONTHS", "YEARS"), "MONTHS")
    if years(count * every, unit) > MOST_YEARS:
        raise FieldError(fields.name("n"), f"reaches beyond {MOST_YEARS} years")
    first = fields.get("start", f.day)
    return Event(on=on, first=first, count=count, every=every, unit=unit, **common)


def _money(fields: Fields, common: dict[str, Any], on: date) -> Event:
    kind = common["kind"]
    payoff = fields.get("payoff", f.truth, False)
    fields.maybe("auto", f.truth)
    amount = None
    if kind in (e.CHARGE_OFF, e.WRITE_OFF, e.REAMORTIZE) or (payoff and not fields.has("amount")):
        fields.has("amount")
    else:
        amount = fields.get("amount", f.positive)
    of = fields.get("of_seq", f.whole(0, 10**12)) if kind == e.CHARGEBACK else None
    part = fields.get("part", f.one_of("FEE", "PENALTY", "INTEREST")) if kind == e.WAIVER else ""
    return Event(on=on, amount=amount, payoff=payoff, of=of, part=part, **common)


def _refer(items: list[Event | Question]) -> None:
    """What an event refers to must have been entered before it."""
    known: dict[int, str] = {}
    for event in items:
        if not isinstance(event, Event):
            continue
        if event.of is not None and event.of not in known:
            key = "of" if event.kind == e.REVERSE else "of_seq"
            raise FieldError(f"timeline[{event.order}].{key}", f"knows no event {event.of}")
        if event.kind == e.CHARGEBACK and known[event.of or 0] not in e.PAYMENTS:
            raise FieldError(f"timeline[{event.order}].of_seq", f"{event.of} is no payment")
        if event.id is not None:
            if event.id in known:
                raise FieldError(f"timeline[{event.order}].id", f"{event.id} is used twice")
            known[event.id] = event.kind
