"""Payouts every night."""

from core import jobs
from mall.payouts import services


@jobs.job("payouts.pay_out_all", cron="30 19 * * *")  # 03:30 in Shanghai
def pay_out_all() -> None:
    """Ask for each approved seller's payout of the day."""
    services.pay_out_all()
