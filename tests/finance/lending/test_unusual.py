"""Quotes of the unusual kind, each figure by hand from the rule it follows."""

from decimal import Decimal
from typing import Any, cast

from finance.lending.quote_question import answer

Row = tuple[str, Decimal, Decimal, Decimal]


def rows(on: str, **config: Any) -> list[Row]:
    """Due day, principal, interest and payment of each row."""
    told = cast(dict[str, Any], answer({"config": config, "disbursed_on": on}))
    return [
        (row["date"], *(Decimal(row[part]) for part in ("principal", "interest", "due")))
        for row in told["rows"]
        if row.get("nr")
    ]


def euro(*amounts: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(amount) for amount in amounts)


def test_over_new_year_each_year_counts_its_own_days() -> None:
    """10,000 at 12 %: 17 days of 2023 and 14 of the leap year 2024 are 55.89 + 45.90 = 101.79."""
    first, last = rows(
        "2023-12-15", principal=10_000, number_of_repayments=2, annual_rate_percent=12,
        day_count="act/act", amortization="INTEREST_ONLY",
    )  # fmt: skip
    assert first == ("2024-01-15", *euro("0", "101.79", "101.79"))
    assert last[2] == Decimal("101.64")  # 31 days of 366


def test_a_long_first_period_bears_all_its_days() -> None:
    """From 31 January to 15 March are a month and a half: 1,200 × 1.5 %."""
    made = rows(
        "2026-01-31", principal=1_200, number_of_repayments=3, annual_rate_percent=12,
        day_count="30/360", first_due_date="2026-03-15",
    )  # fmt: skip
    assert made[0] == ("2026-03-15", *euro("392.05", "18.00", "410.05"))
    assert made[1][2] == Decimal("8.08") and made[2][3] == Decimal("410.04")


def test_holidays_move_the_day_but_not_out_of_its_month() -> None:
    """28 February is a Saturday and March another month; 31 May a Sunday: both go back."""
    made = rows(
        "2026-01-31", principal=1_200, number_of_repayments=4, annual_rate_percent=12,
        day_count="act/365", holiday_rule="MODIFIED_FOLLOWING", holidays=["2026-05-29"],
    )  # fmt: skip
    assert [row[0] for row in made] == ["2026-02-27", "2026-03-31", "2026-04-30", "2026-05-28"]
    assert made[0][2] == Decimal("11.05")  # 28 days: interest runs to the day agreed


def test_grace_on_principal_and_whole_multiples() -> None:
    """1,003 at 10 %: two rows of interest alone, two of 340, the last takes the rest."""
    made = rows(
        "2026-01-01", principal=1_003, number_of_repayments=5, annual_rate_percent=10,
        day_count="30/360", installment_in_multiples_of=5, grace_on_principal_periods=2,
    )  # fmt: skip
    assert [row[3] for row in made] == list(euro("8.36", "8.36", "340.00", "340.00", "339.76"))
    assert sum(row[1] for row in made) == 1_003
