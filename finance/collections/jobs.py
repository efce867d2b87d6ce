"""The lender's day, started by itself each night."""

from core import clock, jobs
from finance.collections.services import run_day
from finance.loans.services import release_expired


@jobs.job("finance.run_day", cron="10 16 * * *")  # 00:10 in Shanghai
def run_day_job() -> None:
    """Today's work, and that of nights on which nothing ran."""
    run_day(clock.today())


@jobs.job("finance.release_expired", cron="*/10 * * * *")
def release_expired_job() -> None:
    """Limits held by abandoned checkouts."""
    release_expired()
