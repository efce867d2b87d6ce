"""How principal and interest lie over rows, once each period's rate is known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

_DIGITS = 50
Whole = Callable[[Fraction], Fraction]
ZERO = Fraction(0)


def exact(value: Fraction) -> Fraction:
    """No rounding at all: tables that round only what they print."""
    return value


@dataclass(frozen=True, slots=True)
class Part:
    """One row; `left` is owed after it, `earned` is its own period's interest (`interest` is
    what it asks for, which a grace moves)."""

    principal: Fraction
    interest: Fraction
    left: Fraction
    earned: Fraction

    @property
    def payment(self) -> Fraction:
        return self.principal + self.interest


@dataclass(frozen=True, slots=True)
class Shape:
    """How rows are filled.

    equal_principal  principal is the same in each row; else the payment is
    balloon          principal kept for the last row
    principal_grace  first rows without principal
    interest_grace   first rows whose interest waits for the next row after them
    installment      the agreed payment; None: the level one
    whole            rounds interest and principal
    whole_payment    rounds the level payment (to a multiple)
    """

    equal_principal: bool = False
    balloon: Fraction = ZERO
    principal_grace: int = 0
    interest_grace: int = 0
    installment: Fraction | None = None
    whole: Whole = exact
    whole_payment: Whole = exact


def level(principal: Fraction, rates: Sequence[Fraction], balloon: Fraction = ZERO) -> Fraction:
    """The payment that repays `principal` but for `balloon` over periods with these rates.

    (P·Π(1 + rᵢ) − B) / fₙ with f₁ = 1, fₖ = 1 + fₖ₋₁·(1 + rₖ), to fifty digits.
    1,000 at 1 % a month for 12 months: 88.85.
    """
    with localcontext() as context:
        context.prec = _DIGITS
        grown, summed = Decimal(1), Decimal(0)
        for rate in rates:
            factor = 1 + Decimal(rate.numerator) / rate.denominator
            grown, summed = grown * factor, summed * factor + 1
        owed = Decimal(principal.numerator) / principal.denominator * grown
        return Fraction((owed - Decimal(balloon.numerator) / balloon.denominator) / summed)


def declining(principal: Fraction, rates: Sequence[Fraction], shape: Shape) -> list[Part]:
    """Rows with interest on what is still owed; the last one repays what is left.

    No part is below zero, except in exact tables whose level payment is below a long first
    period's interest. Rows behind the one that repays everything are left out.
    Raises ValueError where an agreed installment does not repay in as many rows.
    """
    left, waiting, rows = principal, ZERO, []
    regular = _regular(principal, rates, shape)
    for place, rate in enumerate(rates):
        interest = shape.whole(left * rate)
        last = place == len(rates) - 1
        part = left if last else _principal(place, left, interest, regular, shape)
        if last and shape.installment is not None and part + interest > regular + shape.balloon:
            raise ValueError(f"installment: does not repay the loan in {len(rates)} rows")
        waiting, left = waiting + interest, left - part
        asked, waiting = (ZERO, waiting) if place < shape.interest_grace else (waiting, ZERO)
        rows.append(Part(part, asked, left, interest))
        if not left and not waiting and place + 1 >= shape.interest_grace:
            break
    return rows


def _regular(principal: Fraction, rates: Sequence[Fraction], shape: Shape) -> Fraction:
    """A row's payment, or its principal where that is what stays equal."""
    if shape.installment is not None:
        return shape.installment
    repaying = rates[shape.principal_grace :]
    if shape.equal_principal:
        return shape.whole_payment((principal - shape.balloon) / len(repaying))
    return shape.whole_payment(level(principal, repaying, shape.balloon))


def _principal(
    place: int, left: Fraction, interest: Fraction, regular: Fraction, shape: Shape
) -> Fraction:
    if place < shape.principal_grace:
        return ZERO
    part = regular if shape.equal_principal else regular - interest
    if shape.whole is exact:
        return part
    return min(left - shape.balloon, max(ZERO, part))


def flat(principal: Fraction, rates: Sequence[Fraction], shape: Shape) -> list[Part]:
    """Rows with interest on what was lent, the same in each row that earns any.

    The interest of all periods together is spread evenly; the last row takes the rest.
    """
    earning = [place for place, rate in enumerate(rates) if rate]
    total = principal * sum(rates, ZERO)
    interests = dict(zip(earning, _spread(total, len(earning), shape.whole), strict=True))
    repaying = len(rates) - shape.principal_grace
    parts = [ZERO] * shape.principal_grace
    if shape.equal_principal:
        parts += _principals(principal - shape.balloon, repaying, shape)
    else:
        parts += _to_payments(principal - shape.balloon, interests, len(rates), shape)
    parts[-1] += shape.balloon
    left, rows = principal, []
    for place, part in enumerate(parts):
        left -= part
        interest = interests.get(place, ZERO)
        rows.append(Part(part, interest, left, interest))
    return rows


def _principals(principal: Fraction, count: int, shape: Shape) -> list[Fraction]:
    """Equal principal, as far as its multiple allows; the last row takes the rest."""
    left, parts = principal, []
    for _ in range(count - 1):
        parts.append(min(left, shape.whole_payment(principal / count)))
        left -= parts[-1]
    return [*parts, left]


def _to_payments(
    principal: Fraction, interests: dict[int, Fraction], count: int, shape: Shape
) -> list[Fraction]:
    """Principal that makes every payment the same; the last row takes the rest."""
    places = range(shape.principal_grace, count)
    paid = principal + sum((interests.get(place, ZERO) for place in places), ZERO)
    payment = shape.installment or shape.whole_payment(paid / len(places))
    left, parts = principal, []
    for place in places[:-1]:
        part = min(left, max(ZERO, payment - interests.get(place, ZERO)))
        parts.append(part)
        left -= part
    return [*parts, left]


def _spread(total: Fraction, count: int, whole: Whole) -> list[Fraction]:
    """Equal parts of an exact sum, the last takes the rest; where that fell below zero, by
    largest remainder."""
    if not count:
        return []
    part, rounded = whole(total / count), whole(total)
    last = rounded - part * (count - 1)
    if last >= 0:
        return [part] * (count - 1) + [last]
    each, more = divmod(rounded, count)
    return [Fraction(each + (place < more)) for place in range(count)]
