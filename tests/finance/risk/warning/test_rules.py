"""Each of E1 to E10 is given where it should be, a step before it is not, and always with an act."""

from dataclasses import replace
from datetime import date

import pytest

from finance.risk.warning.rules import RULES, Minimum, Signs, kept_ppm, warnings_of

STEADY = (700_000,) * 27
CALM = Signs(
    on=date(2026, 6, 1),
    currency="CNY",
    weeks=STEADY,
    refund_28=20_000,
    refund_90=20_000,
    stock_days=3,
    absent_days=1,
    account_days=None,
    disputes_28=1,
    disputes_90=3,
    orders_28=100,
    orders_90=300,
    on_time_28=980_000,
    on_time_90=990_000,
    top_lost=100_000,
)
# 700,000 a week: 60 days at 15 % bring 900,000
DUE = Minimum("A-1", date(2026, 7, 31), least=1_000_000, repaid=99_999, share_ppm=150_000)
FALLING = (600_000,) * 4 + STEADY[4:]
IN_TROUBLE = {
    "E1": (
        replace(CALM, weeks=(349_999, *STEADY[1:])),
        replace(CALM, weeks=(350_000, *STEADY[1:])),
    ),
    "E2": (replace(CALM, refund_28=70_001), replace(CALM, refund_28=70_000)),
    "E3": (
        replace(CALM, stock_days=21, weeks=FALLING),
        replace(CALM, stock_days=20, weeks=FALLING),
    ),
    "E4": (replace(CALM, absent_days=7), replace(CALM, absent_days=6)),
    "E5": (replace(CALM, account_days=29), replace(CALM, account_days=30)),
    "E6": (
        replace(CALM, disputes_28=4, disputes_90=6),
        replace(CALM, disputes_28=3, disputes_90=6),
    ),
    "E7": (replace(CALM, on_time_28=889_999), replace(CALM, on_time_28=890_000)),
    "E8": (replace(CALM, failed=2), replace(CALM, failed=1)),
    "E9": (replace(CALM, top_lost=200_001), replace(CALM, top_lost=200_000)),
    "E10": (replace(CALM, minimum=DUE), replace(CALM, minimum=replace(DUE, repaid=100_000))),
}


def test_a_calm_shop_is_not_warned() -> None:
    assert warnings_of(CALM) == [] and set(IN_TROUBLE) == set(RULES)


@pytest.mark.parametrize("code", IN_TROUBLE)
def test_a_warning_has_a_reason_an_act_and_a_page(code: str) -> None:
    trouble, almost = IN_TROUBLE[code]
    (warning,) = warnings_of(trouble)
    assert warning.code == code and warning.link.startswith("/seller/")
    assert len(warning.reason) > 20 and warning.reason.endswith(".") and warning.act.endswith(".")
    assert warnings_of(almost) == []
    assert 0 < kept_ppm([code]) < 1_000_000


def test_the_strictest_warning_decides() -> None:
    assert kept_ppm([]) == 1_000_000
    assert kept_ppm(["E4", "E1", "E2"]) == 500_000


def test_the_words_say_the_numbers() -> None:
    (warning,) = warnings_of(IN_TROUBLE["E10"][0])
    assert warning.reason == ("At the present pace 0.01 of the minimum of 31 July will be missing.")
