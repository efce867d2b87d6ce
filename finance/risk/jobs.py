"""What the grading engine does by itself at night."""

from core import jobs
from finance.risk import replaying


@jobs.job("risk.replay", cron="40 17 * * *")  # 01:40 in Shanghai
def replay_job() -> None:
    """A sample of all decisions, made again; said twice, another sample is looked at."""
    replaying.nightly()
