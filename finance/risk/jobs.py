"""What the grading engine does by itself at night."""

from core import jobs
from finance.risk import replaying
from finance.risk.watch import services as watch


@jobs.job("risk.replay", cron="40 17 * * *")  # 01:40 in Shanghai
def replay_job() -> None:
    """A sample of all decisions, made again; said twice, another sample is looked at."""
    replaying.nightly()


@jobs.job("risk.watch", cron="10 18 * * 0")  # Mondays, 02:10 in Shanghai
def watch_job() -> None:
    """A look at every card; said twice, it is written down twice and told once."""
    watch.keep(watch.look())
