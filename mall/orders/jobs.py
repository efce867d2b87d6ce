"""Receipt confirms itself in time, and refunds that came back are sent again."""

from core import jobs
from mall.orders import returns, services


@jobs.job("orders.confirm_overdue", cron="10 * * * *")
def confirm_overdue() -> None:
    """Each hour: confirm for shoppers who forgot."""
    services.confirm_overdue()


@jobs.job("orders.retry_failed", cron="0 20 * * *")  # 04:00 in Shanghai
def retry_failed() -> None:
    """Each night, so that a card that is closed for good is asked once a day."""
    returns.retry_failed()
