"""Receipt confirms itself in time."""

from core import jobs
from mall.orders import services


@jobs.job("orders.confirm_overdue", cron="10 * * * *")
def confirm_overdue() -> None:
    """Each hour: confirm for shoppers who forgot."""
    services.confirm_overdue()
