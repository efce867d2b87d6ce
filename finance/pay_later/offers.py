"""A plan as a shopper sees it: exact rows, what it costs in all, and its yearly rate."""

from dataclasses import dataclass
from datetime import date

from core.money import Money
from finance.lending import annual_rate
from finance.lending.schedules import Row, flat_fee, sum_of_fees
from finance.products import Installments
from finance.risk.outcome import amount as written


@dataclass(frozen=True, slots=True)
class Plan:
    """`amount` in `months` parts; `apr_ppm` nominal, from the plan's own payments."""

    amount: Money
    months: int
    rows: tuple[Row, ...]
    fee: Money
    apr_ppm: int

    @property
    def total(self) -> Money:
        return self.amount + self.fee

    @property
    def payment(self) -> Money:
        """The usual payment; the last one may differ by pennies."""
        return self.rows[0].payment


def plan(amount: Money, months: int, terms: Installments, on: date) -> Plan:
    """The plan for `amount` above zero bought on a day."""
    rows = flat_fee(amount, months, terms.monthly_fee_ppm, on)
    rate = annual_rate.monthly(amount, [row.payment for row in rows])
    return Plan(amount, months, rows, sum_of_fees(rows), rate.nominal_ppm)


def plans(amount: Money, terms: Installments, on: date) -> list[Plan]:
    """Every term open for this amount whose yearly cost the regime allows."""
    found = [plan(amount, months, terms, on) for months in terms.terms_for(amount)]
    return [offered for offered in found if offered.apr_ppm <= terms.apr_cap_ppm]


def in_words(offered: Plan) -> str:
    """`318.00 a month × 12 · APR 10.90 % · total 3,816.00`."""
    currency = offered.amount.currency
    return (
        f"{written(offered.payment.minor, currency)} a month × {offered.months}"
        f" · APR {percent(offered.apr_ppm)} · total {written(offered.total.minor, currency)}"
    )


def percent(ppm: int) -> str:
    """`10.90 %`, to a hundredth, halves up."""
    hundredths = (ppm + 50) // 100
    return f"{hundredths // 100}.{hundredths % 100:02d} %"
