"""The annual rates that laws ask for: US actuarial, EU and UK effective, India's and China's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache

from finance.lending import roots, unit_periods, year_parts
from finance.lending.roots import Flow, ManyRates, NoRate
from finance.lending.unit_periods import DAY, SEMIMONTH, WEEK, YEAR, UnitPeriod

US_ACTUARIAL, EFFECTIVE, MONTHLY_NOMINAL = "us_actuarial", "effective", "monthly_nominal"
METHODS = (US_ACTUARIAL, EFFECTIVE, MONTHLY_NOMINAL)
__all__ = ["METHODS", "Dated", "ManyRates", "NoRate", "Rate", "Timed", "by_name"]
_PLACES = Decimal("1e-12")
_SHOWN = {US_ACTUARIAL: 2, EFFECTIVE: 1, MONTHLY_NOMINAL: 2}


@dataclass(frozen=True, slots=True)
class Dated:
    """A sum on a day: above zero to the borrower, below zero from the borrower."""

    on: date
    amount: Fraction


@dataclass(frozen=True, slots=True)
class Timed:
    """A sum at a distance from the first one; only one of the three is not zero."""

    amount: Fraction
    years: Fraction = Fraction(0)
    months: Fraction = Fraction(0)
    days: Fraction = Fraction(0)


Flows = Sequence[Dated | Timed]


@dataclass(frozen=True, slots=True)
class Rate:
    """percent a year, to twelve decimals.

    method       us_actuarial, effective or monthly_nominal
    percent      the figure the law asks for (US, RBI, PBoC: nominal; EU, UK: effective)
    effective    with compounding, percent a year
    monthly      12 × the rate of a twelfth of a year, percent
    unit_period  of the US method, else None
    """

    method: str
    percent: Decimal
    effective: Decimal
    monthly: Decimal
    unit_period: UnitPeriod | None = None

    @property
    def shown(self) -> Decimal:
        """Rounded half-up as it is printed: 1/100 in the US (12 CFR 1026.22), one decimal in
        EU and UK (annex I of Directive 2008/48/EC), two in India and China."""
        places = Decimal(1).scaleb(-_SHOWN[self.method])
        wide = Context(prec=max(0, self.percent.adjusted()) + roots.DIGITS)
        return self.percent.quantize(places, "ROUND_HALF_UP", wide)


def by_name(method: str, flows: Flows, unit_period: UnitPeriod | None = None) -> Rate:
    """The rate of `flows` by one of METHODS; raises NoRate, ManyRates or ValueError."""
    if method == US_ACTUARIAL:
        return us_actuarial(flows, unit_period)
    if method not in METHODS:
        raise ValueError(f"{method!r} is none of {', '.join(METHODS)}")
    return effective(flows) if method == EFFECTIVE else monthly_nominal(flows)


def us_actuarial(flows: Flows, unit_period: UnitPeriod | None = None) -> Rate:
    """The APR of 12 CFR 1026.22 by appendix J: unit-period rate times unit-periods in a year.

    flows        dated, or all at whole `months` or `days` from the first (times in months
                 know no days, so that weeks cannot be found in them, and the reverse)
    unit_period  found by (b)(4) when left out
    """
    unit, times = _in_units(flows, unit_period)
    placed = []
    for flow, time in zip(flows, times, strict=True):
        whole = time.__floor__()
        placed.append(Flow(flow.amount, Fraction(whole), time - whole))
    growth = roots.growth(placed)
    return _rate(US_ACTUARIAL, growth, unit.a_year, unit)


def effective(flows: Flows) -> Rate:
    """The APRC of Directive 2008/48/EC annex I (the same in 2014/17/EU, (EU) 2023/2225) and of
    the FCA's CONC App 1.2: compounding, times in years as `year_parts` counts them."""
    return _rate(EFFECTIVE, _yearly(flows), Fraction(1))


def monthly_nominal(flows: Flows) -> Rate:
    """12 × the monthly internal rate: the APR of the RBI's key facts statement (April 2024), and
    the annualized rate on principal actually occupied of the PBoC's announcement 2021 no. 3,
    whose compound form is `effective`."""
    return _rate(MONTHLY_NOMINAL, _yearly(flows), Fraction(1))


def _yearly(flows: Flows) -> Decimal:
    return _growth_a_year(tuple(flows))


@lru_cache(maxsize=128)  # two methods ask for the same
def _growth_a_year(flows: tuple[Dated | Timed, ...]) -> Decimal:
    times = _in_years(flows)
    pairs = zip(flows, times, strict=True)
    return roots.growth([Flow(flow.amount, time) for flow, time in pairs])


def _rate(method: str, growth: Decimal, a_year: Fraction, unit: UnitPeriod | None = None) -> Rate:
    with localcontext() as context:
        context.prec = roots.DIGITS
        units = Decimal(a_year.numerator) / a_year.denominator
        yearly = (growth.ln() * units).exp()
        twelfth = 12 * ((growth.ln() * units / 12).exp() - 1)
        own = {US_ACTUARIAL: (growth - 1) * units, EFFECTIVE: yearly - 1, MONTHLY_NOMINAL: twelfth}
        return Rate(method, _percent(own[method]), _percent(yearly - 1), _percent(twelfth), unit)


def _percent(rate: Decimal) -> Decimal:
    percent = 100 * rate
    fine = percent if percent.adjusted() > roots.DIGITS - 16 else percent.quantize(_PLACES)
    return fine if fine else Decimal(0)


def _in_years(flows: Flows) -> list[Fraction]:
    days = [flow.on for flow in flows if isinstance(flow, Dated)]
    if len(days) == len(flows):
        return year_parts.years(days)
    return [_years(flow) for flow in _timed(flows)]


def _years(flow: Timed) -> Fraction:
    return flow.years + flow.months / 12 + flow.days / 365


def _timed(flows: Flows) -> list[Timed]:
    timed = [flow for flow in flows if isinstance(flow, Timed)]
    if len(timed) < len(flows):
        raise ValueError("either all flows have a day or none has")
    return timed


def _in_units(flows: Flows, unit: UnitPeriod | None) -> tuple[UnitPeriod, list[Fraction]]:
    dated = [flow for flow in flows if isinstance(flow, Dated)]
    if len(dated) == len(flows):
        return _on_days(dated, unit)
    timed = _timed(flows)
    if any(flow.days for flow in timed):
        return _in_days(timed, unit)
    return _in_months(timed, unit)


def _on_days(flows: list[Dated], unit: UnitPeriod | None) -> tuple[UnitPeriod, list[Fraction]]:
    net: dict[date, Fraction] = {}
    for flow in flows:
        net[flow.on] = net.get(flow.on, Fraction(0)) + flow.amount
    if unit is None:
        lent = [day for day, amount in net.items() if amount > 0]
        unit = unit_periods.find(lent, [day for day, amount in net.items() if amount < 0])
    start = min(net)
    anchor = unit_periods.anchor_of(set(net) - {start})
    return unit, [unit_periods.between(unit, start, flow.on, anchor) for flow in flows]


def _in_days(flows: list[Timed], unit: UnitPeriod | None) -> tuple[UnitPeriod, list[Fraction]]:
    if any(flow.months or flow.years for flow in flows):
        raise ValueError("days and months together: give dates instead")
    times = [flow.days for flow in flows]
    unit = unit or unit_periods.find_in(times, by_days=True)
    if unit.kind not in (DAY, WEEK) and unit != YEAR:
        raise ValueError("times in days fit unit-periods of days and weeks: give dates instead")
    return unit, [time / (365 if unit == YEAR else unit.days) for time in times]


def _in_months(flows: list[Timed], unit: UnitPeriod | None) -> tuple[UnitPeriod, list[Fraction]]:
    times = [(flow.months + 12 * flow.years).limit_denominator(360) for flow in flows]
    unit = unit or unit_periods.find_in(times, by_days=False)
    if unit.kind in (DAY, WEEK):
        raise ValueError("times in months fit no unit-period of days or weeks: give dates instead")
    months = Fraction(1, 2) if unit.kind == SEMIMONTH else Fraction(unit.count)
    return unit, [time / months for time in times]
