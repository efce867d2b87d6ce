"""Old sightings are thrown away every night."""

from core import jobs
from mall.traces.services import forget_old


@jobs.job("traces.forget", cron="40 19 * * *")
def forget_traces_job() -> None:
    """What is older than half a year."""
    forget_old()
