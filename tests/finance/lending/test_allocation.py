"""Where a payment goes, and how late one is."""

from datetime import date

import pytest

from finance.lending import lateness
from finance.lending.allocation import Owed, Share, Waterfall, allocate
from tests.finance.money import yuan

APRIL, MAY = date(2026, 4, 10), date(2026, 5, 10)
DEBTS = [
    Owed(2, MAY, "fee", yuan("18.00")),
    Owed(1, APRIL, "principal", yuan("300.00")),
    Owed(1, APRIL, "late_fee", yuan("5.00")),
    Owed(1, APRIL, "fee", yuan("18.00")),
]


def test_the_oldest_row_is_paid_first_its_fees_before_its_principal():
    shares, left = allocate(yuan("30.00"), DEBTS)
    assert shares == [
        Share(1, "late_fee", yuan("5.00")),
        Share(1, "fee", yuan("18.00")),
        Share(1, "principal", yuan("7.00")),
    ]
    assert not left


def test_another_contract_pays_all_fees_first():
    shares, left = allocate(
        yuan("400.00"), DEBTS, Waterfall(("fee", "principal", "late_fee"), by_row=False)
    )
    assert [(share.row, share.part) for share in shares] == [
        (1, "fee"),
        (2, "fee"),
        (1, "principal"),
        (1, "late_fee"),
    ]
    assert left == yuan("59.00")


def test_the_day_after_the_due_day_is_the_first_late_one():
    assert lateness.days_late(APRIL, APRIL) == 0
    assert lateness.days_late(APRIL, date(2026, 4, 11)) == 1
    assert not lateness.is_late(APRIL, date(2026, 4, 13), grace=3)
    assert lateness.is_late(APRIL, date(2026, 4, 14), grace=3)


def test_a_contract_is_as_late_as_its_oldest_row():
    assert lateness.worst([MAY, APRIL], date(2026, 5, 12)) == 32
    assert [lateness.bucket(days) for days in (0, 1, 30, 31, 90, 91)] == [
        "current",
        "1–30",
        "1–30",
        "31–60",
        "61–90",
        "over 90",
    ]


def test_buckets_are_data() -> None:
    """India's norms as Frappe Lending tests them: the due day counts once it has passed."""
    norms = ((30, "SMA-0"), (60, "SMA-1"), (90, "SMA-2"), (365, "D1"), (1098, "D2"), (None, "D3"))
    due = date(2023, 2, 1)
    seen = [
        (late := lateness.days_late(due, on, due_day_counts=True), lateness.bucket(late, norms))
        for on in (date(2023, 2, 2), date(2023, 4, 5), date(2023, 7, 5))
    ]
    assert seen == [(2, "SMA-0"), (64, "SMA-2"), (155, "D1")]
    assert lateness.days_late(due, date(2023, 1, 1), due_day_counts=True) == 0
    with pytest.raises(ValueError, match="buckets: 31 days late"):
        lateness.bucket(31, ((30, "early"),))
