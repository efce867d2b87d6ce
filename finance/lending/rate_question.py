"""What `flask finance apr` is asked and answers: flows and a method → the annual rate."""

from decimal import Decimal
from fractions import Fraction

from finance.lending import methods
from finance.lending.methods import Dated, Flows, ManyRates, Rate, Timed
from finance.lending.replay import fields as f
from finance.lending.replay.fields import FieldError, Fields
from finance.lending.unit_periods import UnitPeriod

_TIMES = ("on", "years", "months", "days")
_MOST = {"years": 200, "months": 2_400, "days": 73_200}


def answer(asked: object) -> dict[str, object]:
    """The JSON answer to a JSON question; raises FieldError with the field's name.

    {"method": "effective", "flows": [{"on": "2026-01-01", "amount": "1000"}, …]} →
    {"percent": 12.682503013197, "method": "effective", …}
    """
    question = Fields(asked, "")
    method = question.get("method", f.one_of(*methods.METHODS))
    flows = question.get("flows", _flows)
    unit = _unit(question, method)
    unused = question.unasked()
    said = told(rate(method, flows, unit))
    return said | {"unused": unused} if unused else said


def rate(method: str, flows: Flows, unit: UnitPeriod | None = None) -> Rate:
    """As `methods.by_name`, what is wrong with the flows as a FieldError."""
    try:
        return methods.by_name(method, flows, unit)
    except ManyRates as many:
        found = ", ".join(f"{100 * (growth - 1):.4f}" for growth in many.growths)
        raise FieldError("flows", f"{many} (percent for one unit of time: {found})") from None
    except ValueError as problem:
        raise FieldError("flows", str(problem)) from None


def told(rate: Rate) -> dict[str, object]:
    """A rate as JSON."""
    said: dict[str, object] = {
        "percent": _short(rate.percent),
        "shown_percent": rate.shown,
        "method": rate.method,
        "effective_percent": _short(rate.effective),
        "monthly_nominal_percent": _short(rate.monthly),
    }
    if rate.unit_period:
        said["unit_period"] = str(rate.unit_period)
        said["unit_periods_a_year"] = str(rate.unit_period.a_year)
    return said


def _short(number: Decimal) -> Decimal:
    """Without zeros at the end of its decimals, and without losing a digit."""
    text = f"{number:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def _unit(question: Fields, method: str) -> UnitPeriod | None:
    given = question.maybe("unit_period", f.text)
    if given is None:
        return None
    if method != methods.US_ACTUARIAL:
        raise FieldError("unit_period", f"only {methods.US_ACTUARIAL} has unit-periods")
    try:
        return UnitPeriod.parse(given)
    except ValueError as problem:
        raise FieldError("unit_period", str(problem)) from None


def _flows(value: object, field: str) -> Flows:
    read = f.many(_flow)(value, field)
    dated = [flow for flow in read if isinstance(flow, Dated)]
    timed = [flow for flow in read if isinstance(flow, Timed)]
    if dated and timed:
        raise FieldError(field, "either all have a day `on`, or all a distance from the first")
    return dated or _from_first(timed)


def _flow(item: object, field: str) -> Dated | Timed:
    flow = Fields(item, field)
    amount = Fraction(flow.get("amount", f.number))
    times = [name for name in _TIMES if flow.has(name)]
    if len(times) != 1:
        raise FieldError(field, f"needs exactly one time: {', '.join(_TIMES)}")
    kind = times[0]
    flow.unasked()
    if kind == "on":
        return Dated(flow.get("on", f.day), amount)
    time = flow.get(kind, f.number)
    if abs(time) > _MOST[kind]:
        raise FieldError(f"{field}.{kind}", "is further away than 200 years")
    return Timed(amount, **{kind: Fraction(time)})


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
