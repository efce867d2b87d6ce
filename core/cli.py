"""Commands every room shares: the worker."""

import click
from flask import Flask

from core import jobs, limits

STORAGE = limits.PostgresStorage  # known to flask-limiter by its scheme once imported


def init_app(app: Flask) -> None:
    app.cli.add_command(worker)


@click.command("worker")
@click.option("--once", is_flag=True, help="Stop when nothing is due.")
def worker(once: bool) -> None:
    """Do the jobs that may wait."""
    from flask import current_app

    jobs.run_worker(current_app.config["SQLALCHEMY_DATABASE_URI"], wait=not once)
