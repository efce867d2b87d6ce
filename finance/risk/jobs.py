"""What the grading engine does by itself at night."""

from pathlib import Path

from flask import current_app

from core import clock, jobs
from finance.risk import features, replaying, reviews
from finance.risk.engines import kept, scoring
from finance.risk.engines.scoring import Heard
from finance.risk.watch import services as watch


@jobs.job("risk.replay", cron="40 17 * * *")  # 01:40 in Shanghai
def replay_job() -> None:
    """A sample of all decisions, made again; said twice, another sample is looked at."""
    replaying.nightly()


@jobs.job("risk.watch", cron="10 18 * * 0")  # Mondays, 02:10 in Shanghai
def watch_job() -> None:
    """A look at every card; said twice, it is written down twice and told once."""
    watch.keep(watch.look())


@jobs.job("risk.remind_of_reviews", cron="5 * * * *")
def remind_job() -> None:
    """Each hour; each review is told of once when it is nearly due, and once when it is late."""
    reviews.remind()


@jobs.job("risk.score_all", cron="10 16 * * *")  # 00:10 in Shanghai, after the look at fake orders
def score_all_job() -> None:
    """Everyone's row of the day, so that no question waits for one; old rows go. Goes on where it died."""
    day, config = clock.day_number(clock.now()), current_app.config
    folder = Path(config["RISK_FOLDER"]).absolute()
    for subject in features.KEYS:
        scoring.score_all(subject, day, config["RISK_ENGINE"], folder, heard=Heard())
    kept.forget(day - config["RISK_KEEP_DAYS"])
