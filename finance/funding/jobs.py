"""Every night what was collected for banks is transferred to them."""

from core import jobs
from finance.funding.transferring import transfer_all


@jobs.job("finance.transfer_to_banks", cron="30 3 * * *")
def transfer_to_banks() -> None:
    """By the rules within days; by us the next morning."""
    transfer_all()
