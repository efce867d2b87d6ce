"""The rate at which dated sums are worth nothing together: one solver for every annual rate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

DIGITS = 50
_STEPS = 400  # Newton needs about ten; each other step halves the bracket
_CLOSE = Decimal(10) ** -30  # of the exponent of growth, where the search ends
_FAR = Decimal(20_000)  # no contract grows by more than e to this over its whole life
_LOOKED_THROUGH = Decimal(28)  # e^28 a unit: how far a second rate is looked for
_LOOKS = 160


class NoRate(ValueError):
    """The flows have no one rate: nothing lent, nothing repaid, or no time passes."""


class ManyRates(NoRate):
    """More than one rate makes the flows worth nothing; `growths` are those found."""

    def __init__(self, growths: Sequence[Decimal]) -> None:
        self.growths = tuple(growths)
        super().__init__("more than one rate fits these flows")


@dataclass(frozen=True, slots=True)
class Flow:
    """A sum at a time counted in units (years, months, unit-periods …).

    amount  above zero to the borrower, below zero from the borrower
    whole   units during which growth compounds, ≥ 0 (fractions allowed)
    part    a last fraction of a unit with simple growth, 0 ≤ part < 1 (Regulation Z's odd days)
    """

    amount: Fraction
    whole: Fraction
    part: Fraction = Fraction(0)

    @property
    def time(self) -> Fraction:
        return self.whole + self.part


def growth(flows: Sequence[Flow]) -> Decimal:
    """What one unit of money grows to in one unit of time: 1.01 is one percent.

    Solves Σ amount / ((1 + part·i)(1 + i)^whole) = 0 for 1 + i > 0, to thirty digits and more.
    Below 1 the borrower pays less back than was lent. Raises NoRate or ManyRates. When the
    borrower owes all the time (no sum is left over before the end), the rate is the only one
    (Teichroew, Robichek and Montalbano 1965); otherwise others are looked for on a grid.
    """
    sums = _merged(flows)
    if len(sums) < 2:
        raise NoRate("all flows lie on one day, or cancel out")
    with localcontext() as context:
        context.prec = DIGITS
        equation = _Equation(sums)
        found = equation.root()
        if found is None or not equation.pure(found):
            found = _only(equation, found)
        return +found.exp()


def _merged(flows: Sequence[Flow]) -> list[Flow]:
    """One flow a time, in order, zeros at both ends dropped, the first one counted from zero."""
    at: dict[tuple[Fraction, Fraction], Fraction] = {}
    for flow in flows:
        place = (flow.whole, flow.part)
        at[place] = at.get(place, Fraction(0)) + flow.amount
    times = sorted(at, key=lambda place: (sum(place), place))
    return [Flow(at[place], *place) for place in times if at[place]]


@dataclass(frozen=True, slots=True)
class _Term:
    """A flow in decimals."""

    amount: Decimal
    whole: Decimal
    part: Decimal


class _Equation:
    """The worth of the flows as a function of x = ln(1 + i)."""

    def __init__(self, flows: Sequence[Flow]) -> None:
        sign = 1 if flows[0].amount > 0 else -1  # a lender's view is turned into the borrower's
        self.terms = [
            _Term(_decimal(sign * flow.amount), _decimal(flow.whole), _decimal(flow.part))
            for flow in flows
        ]
        self.span = _decimal(flows[-1].time - flows[0].time)
        self.size = sum((abs(term.amount) for term in self.terms), Decimal(0))

    def worth(self, x: Decimal) -> tuple[Decimal, Decimal]:
        """The worth at the start, and how it changes with x."""
        grown, value, slope = x.exp(), Decimal(0), Decimal(0)
        for term in self.terms:
            simple = 1 + term.part * (grown - 1)
            worth = term.amount * (-term.whole * x).exp() / simple
            value += worth
            slope -= worth * (term.whole + term.part * grown / simple)
        return value, slope

    def value(self, x: Decimal) -> Decimal:
        return self.worth(x)[0]

    def pure(self, x: Decimal) -> bool:
        """Whether the borrower owes something after every flow but the last."""
        grown, owed, least = x.exp(), Decimal(0), Decimal(0)
        for term in self.terms[:-1]:
            owed += term.amount * (-term.whole * x).exp() / (1 + term.part * (grown - 1))
            least = min(least, owed)
        return least >= 0

    def root(self) -> Decimal | None:
        """The root nearest to zero on the side that the plain sum points to; None: not found."""
        plain = self.value(Decimal(0))
        if plain == 0:
            return Decimal(0)
        step = (1 if plain < 0 else -1) / self.span
        near, far = Decimal(0), step
        while (self.value(far) < 0) == (plain < 0):
            near, far = far, far * 2
            if abs(far) * self.span > _FAR:
                return None
        return _narrowed(self.worth, *sorted((near, far)))

    def roots(self) -> list[Decimal]:
        """All roots that a grid tells apart, between e^−28 and e^28 a unit."""
        places = [_LOOKED_THROUGH * (Decimal(k) / _LOOKS) ** 3 for k in range(-_LOOKS, _LOOKS + 1)]
        values = [self.value(place) for place in places]
        found = [place for place, value in zip(places, values, strict=True) if value == 0]
        for k in range(len(places) - 1):
            if values[k] * values[k + 1] < 0:
                found.append(_narrowed(self.worth, places[k], places[k + 1]))
        return sorted(found)


def _only(equation: _Equation, found: Decimal | None) -> Decimal:
    others = equation.roots()
    if found is None and not others:
        raise NoRate("no rate makes these flows worth nothing")
    if len(others) > 1:
        raise ManyRates([+root.exp() for root in others])
    return others[0] if found is None else found


_Curve = Callable[[Decimal], tuple[Decimal, Decimal]]


def _narrowed(curve: _Curve, low: Decimal, high: Decimal) -> Decimal:
    """The root in a bracket: Newton's step where it stays inside, else the middle."""
    rising = curve(high)[0] > 0
    x = (low + high) / 2
    for _ in range(_STEPS):
        value, slope = curve(x)
        if value == 0:
            return x
        if (value > 0) == rising:
            high = x
        else:
            low = x
        better = x - value / slope if slope else low
        if not low < better < high:
            better = (low + high) / 2
        if abs(better - x) <= _CLOSE * max(abs(x), _CLOSE):
            return better
        x = better
    return x


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / value.denominator
