"""The look at fake orders, each night before the lender's day."""

from core import clock, jobs
from finance.risk.fraud.services import look


@jobs.job("fraud.look", cron="5 16 * * *")  # 00:05 in Shanghai
def look_job() -> None:
    """What today's start knows; again today changes nothing."""
    look(clock.today())
