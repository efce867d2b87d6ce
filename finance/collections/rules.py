"""What being late costs, and when the lender gives up; pure."""

from finance.products import LateRule

REMIND_DAYS_BEFORE = (5, 1, 0)
MILLION = 1_000_000
ON_US = "The first late fee is on us."


def late_fee(
    rule: LateRule, *, unpaid: int, days: int, financed: int, charged: int, this_month: int
) -> int:
    """The late fee of a row, in minor units; 0 when the rule leaves nothing to charge.

    unpaid      of the row; days: how late it is
    financed    what the order cost; charged: late fees of this loan so far
    this_month  late fees of this person in this calendar month

    318.00 that is 11 days late costs 1.75: a twentieth of a percent a day is less than 5.00.
    """
    if days <= rule.fee_after_days or unpaid <= 0:
        return 0
    daily = (2 * unpaid * rule.fee_daily_ppm * days + MILLION) // (2 * MILLION)
    share_left = financed * rule.fee_share_ppm // MILLION - charged
    return max(0, min(rule.fee, daily, share_left, rule.fee_month_max - this_month))
