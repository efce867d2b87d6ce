"""The yearly rates of a contract's dated flows, by each law's method; pure."""

from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from finance.contracts.contract import Flow, Rates
from finance.lending import methods
from finance.lending.methods import EFFECTIVE, MONTHLY_NOMINAL, US_ACTUARIAL, Dated

_PPM_OF_PERCENT = 10_000


@lru_cache(maxsize=512)  # a contract is made, then checked, and shown again
def of(flows: tuple[Flow, ...]) -> Rates:
    """All yearly rates of these flows, in millionths; raises NoRate where they have none."""
    if not flows:  # a price that one side pays, and nothing is lent
        return Rates(0, 0, 0)
    dated = [Dated(flow.on, Fraction(-flow.amount)) for flow in flows]
    found = [methods.by_name(name, dated) for name in (US_ACTUARIAL, EFFECTIVE, MONTHLY_NOMINAL)]
    return Rates(*(_ppm(rate.percent) for rate in found))


def _ppm(percent: Decimal) -> int:
    return int((percent * _PPM_OF_PERCENT).to_integral_value("ROUND_HALF_UP"))
