"""What `flask finance apr` is asked and answers: flows and a method → the annual rate."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from finance.lending import asking, methods
from finance.lending.asking import Unclear
from finance.lending.methods import Dated, Flows, ManyRates, NoRate, Rate, Timed
from finance.lending.unit_periods import UnitPeriod

_ASKED = ("method", "flows", "unit_period", "id")
_TIMES = ("on", "years", "months", "days")
_MOST_YEARS = 200


def answer(asked: Any) -> dict[str, Any]:
    """The JSON answer to a JSON question; raises Unclear with the field's name.

    {"method": "effective", "flows": [{"on": "2026-01-01", "amount": "1000"}, …]} →
    {"percent": "12.682503013197", "method": "effective", …}
    """
    question = asking.an_object(asked, "")
    asking.only(_ASKED, question, "")
    method = asking.a_choice(question.get("method"), methods.METHODS, "method")
    flows = _flows(asking.a_list(question.get("flows"), "flows"))
    unit = _unit(question, method)
    try:
        return told(methods.by_name(method, flows, unit))
    except ManyRates as many:
        found = ", ".join(f"{100 * (growth - 1):.4f}" for growth in many.growths)
        raise Unclear("flows", f"{many} (percent for one unit of time: {found})") from None
    except (NoRate, ValueError) as problem:
        raise Unclear("flows", str(problem)) from None


def told(rate: Rate) -> dict[str, Any]:
    """A rate as JSON; percentages are decimal texts."""
    said: dict[str, Any] = {
        "percent": plain(rate.percent),
        "shown_percent": plain(rate.shown),
        "method": rate.method,
        "effective_percent": plain(rate.effective),
        "monthly_nominal_percent": plain(rate.monthly),
    }
    if rate.unit_period:
        said["unit_period"] = str(rate.unit_period)
        said["unit_periods_a_year"] = str(rate.unit_period.a_year)
    return said


def plain(number: Decimal) -> str:
    """Without exponent and without zeros at the end."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _unit(question: Mapping[str, Any], method: str) -> UnitPeriod | None:
    given = question.get("unit_period")
    if given is None:
        return None
    if method != methods.US_ACTUARIAL:
        raise Unclear("unit_period", f"only {methods.US_ACTUARIAL} has unit-periods")
    try:
        return UnitPeriod.parse(str(given))
    except ValueError as problem:
        raise Unclear("unit_period", str(problem)) from None


@dataclass(frozen=True, slots=True)
class _Read:
    kind: str
    flow: Dated | Timed


def _flows(given: list[Any]) -> Flows:
    read = [_flow(item, f"flows[{place}]") for place, item in enumerate(given)]
    dated = [one.flow for one in read if isinstance(one.flow, Dated)]
    timed = [one.flow for one in read if isinstance(one.flow, Timed)]
    if dated and timed:
        raise Unclear("flows", "either all have a day `on`, or all a distance from the first")
    return dated or _from_first(timed)


def _flow(item: Any, field: str) -> _Read:
    flow = asking.an_object(item, field)
    asking.only((*_TIMES, "amount"), flow, field)
    if "amount" not in flow:
        raise Unclear(f"{field}.amount", "is missing")
    amount = asking.a_number(flow["amount"], f"{field}.amount")
    times = [name for name in _TIMES if name in flow]
    if len(times) != 1:
        raise Unclear(field, f"needs exactly one time: {', '.join(_TIMES)}")
    kind = times[0]
    if kind == "on":
        return _Read(kind, Dated(asking.a_day(flow["on"], f"{field}.on"), amount))
    time = asking.a_number(flow[kind], f"{field}.{kind}")
    if abs(time) > _MOST_YEARS * {"years": 1, "months": 12, "days": 366}[kind]:
        raise Unclear(f"{field}.{kind}", f"is further away than {_MOST_YEARS} years")
    return _Read(kind, Timed(amount, **{kind: time}))


def _from_first(flows: list[Timed]) -> list[Timed]:
    """Times counted from the earliest flow, whatever they were counted from."""
    kinds = [kind for kind in ("years", "months", "days") if any(getattr(f, kind) for f in flows)]
    if len(kinds) != 1:
        return flows
    least = min(getattr(flow, kinds[0]) for flow in flows)
    return [
        Timed(flow.amount, **{kinds[0]: Fraction(getattr(flow, kinds[0]) - least)})
        for flow in flows
    ]
