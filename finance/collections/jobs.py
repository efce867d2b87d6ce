"""The lender's day, started by itself each night."""

from core import clock, jobs
from finance.collections.services import run_day


@jobs.job("finance.run_day", cron="10 16 * * *")  # 00:10 in Shanghai
def run_day_job() -> None:
    """Today's work, and that of nights on which nothing ran."""
    run_day(clock.today())
