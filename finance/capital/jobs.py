"""The nights of sellers' advances, started by themselves."""

from core import clock, jobs
from finance.capital import nightly


@jobs.job("finance.run_capital", cron="20 16 * * *")  # 00:20 in Shanghai
def run_capital_job() -> None:
    """Interest, minimums and lapses up to today."""
    nightly.run(clock.today())
