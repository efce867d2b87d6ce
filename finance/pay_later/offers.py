"""A plan as a shopper sees it: exact rows, what it costs in all, and its yearly rate."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from core.money import Money, total
from finance.contracts import boxes, rates
from finance.contracts.contract import Flow
from finance.lending import annual_rate
from finance.lending.life import plan as rows_of
from finance.lending.life.terms import DAY, FREE, LEVEL
from finance.lending.schedules import Row
from finance.loans.opening import FinancedOrder, Terms
from finance.products import Installments
from finance.products.installments import GRADE

_WORST = "D"  # whose price stands on a page before we know who looks at it


@dataclass(frozen=True, slots=True)
class Plan:
    """`amount` in `months` parts of `product`; `apr_ppm` nominal, from the plan's own payments."""

    amount: Money
    months: int
    rows: tuple[Row, ...]
    fee: Money
    apr_ppm: int
    product: Installments
    agreed: Terms

    @property
    def total(self) -> Money:
        return self.amount + self.fee

    @property
    def payment(self) -> Money:
        """The usual payment; the last one may differ by pennies."""
        return self.rows[0].payment

    @property
    def early(self) -> Money:
        """The total when all is paid with the first payment: fees of later months never come."""
        return self.amount + self.rows[0].fee


def plan(amount: Money, months: int, terms: Installments, on: date, grade: str = _WORST) -> Plan:
    """The plan for `amount` above zero bought on a day."""
    agreed = _agreed(terms, months, grade)
    rows = _rows(agreed, amount, on)
    fee = total((row.fee for row in rows), amount.currency)
    apr = annual_rate.monthly(amount, [r.payment for r in rows]).nominal_ppm if fee else 0
    agreed = _agreed(terms, months, grade, apr)
    return Plan(amount, months, rows, fee, apr, terms, agreed)


def _agreed(terms: Installments, months: int, grade: str, apr: int = 0) -> Terms:
    return Terms(
        product=terms.name,
        months=months,
        apr_ppm=apr,
        pricing=LEVEL if terms.pricing == GRADE else terms.pricing,
        rate_ppm=terms.rate_ppm(months, grade),
        every=terms.every,
        step=terms.step,
        first=terms.first,
        starts_at=terms.starts_at,
        latest=terms.latest,
        kept={"title": terms.words(months), "withdraw_days": terms.withdraw_days, "grade": grade},
    )


def _rows(agreed: Terms, amount: Money, on: date) -> tuple[Row, ...]:
    life = agreed.of([FinancedOrder("", 0, amount)], on)
    return tuple(
        Row(row.number, row.due_on, *(Money(v, amount.currency) for v in (row.principal, row.fee)))
        for row in rows_of.new_rows(life)
    )


def plans(amount: Money, terms: Installments, on: date, grade: str = _WORST) -> list[Plan]:
    """Every term open for this amount whose yearly cost the regime allows."""
    found = [plan(amount, months, terms, on, grade) for months in terms.terms_for(amount)]
    return [offered for offered in found if offered.apr_ppm <= terms.apr_cap_ppm]


def shown_ppm(offered: Plan, on: date, regime: str) -> int:
    """The yearly rate this country's rules want to stand out, from the plan's own days.

    3,600.00 in 12 at 0.5 % a month: 10.90 % in China, 11.46 % (effective) in the Union.
    """
    if not offered.fee:
        return 0
    flows = [Flow(row.due_on, row.payment.minor) for row in offered.rows]
    found = rates.of((Flow(on, -offered.amount.minor), *flows))
    return boxes.rate_of(found, regime)


def in_words(
    offered: Plan, apr_ppm: int | None = None, say: Callable[[Money], str] = Money.grouped
) -> str:
    """`318.00 a month × 12 · APR 10.90 % · total 3,816.00`.

    apr_ppm   the rate to be shown; say: how an amount is said (with its currency, at checkout)
    """
    shown, product = offered.apr_ppm if apr_ppm is None else apr_ppm, offered.product
    cost = (
        f"APR {percent(shown)} · total {say(offered.total)}"
        if offered.agreed.pricing != FREE
        else "free of charge"
    )
    payment = say(offered.payment)
    if product.every == DAY and offered.months == 1:
        return f"{payment} {product.first} days after receipt · {cost}"
    rhythm = f"every {product.step} days" if product.every == DAY else "a month"
    return f"{payment} {rhythm} × {offered.months} · {cost}"


def percent(ppm: int) -> str:
    """`10.90 %`, to a hundredth, halves up."""
    hundredths = (ppm + 50) // 100
    return f"{hundredths // 100}.{hundredths % 100:02d} %"
