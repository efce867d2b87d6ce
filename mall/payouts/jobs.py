"""Reserves and payouts every night."""

from core import jobs
from mall.payouts import reserves, services


@jobs.job("payouts.release_reserves", cron="10 19 * * *")  # 03:10 in Shanghai, before payouts
def release_reserves() -> None:
    """Give back what the rolling reserve kept until today."""
    reserves.release_due()


@jobs.job("payouts.pay_out_all", cron="30 19 * * *")  # 03:30 in Shanghai
def pay_out_all() -> None:
    """Ask for each approved seller's payout of the day."""
    services.pay_out_all()
