"""Answers go out in time, and what reaches a balance is withheld before the nightly payouts."""

from core import jobs
from mall.disputes import freezing, services


@jobs.job("disputes.answer_due", cron="20 * * * *")
def answer_due() -> None:
    """Each hour: the day before its deadline, the bank gets what there is; sellers hear of it before."""
    services.remind_due()
    services.answer_due()


@jobs.job("disputes.freeze_missing", cron="20 19 * * *")  # ten minutes before the payouts
def freeze_missing() -> None:
    """Each night: withhold what open disputes still want from balances."""
    freezing.freeze_all_missing()
