"""Where benchmarks run: a throw-away PostgreSQL with an empty mall in it, and the mall's commands."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from core.postgres import Cluster, throwaway


@contextmanager
def mall(*, durable: bool = False) -> Iterator[Cluster]:
    """A server with an empty database `mall`, to which the environment's DATABASE_… lead.

    durable  it waits for its disk, as that of a mall that is kept does
    """
    with throwaway(durable=durable) as cluster:
        cluster.ensure_database("mall")
        os.environ |= cluster.environment("mall") | {"SECRET_KEY": "only here"}
        flask("db", "upgrade")
        yield cluster


def flask(*arguments: str) -> str:
    """Run a command of the mall in this process; what it printed. Ends us when it fails."""
    from wsgi import create_app

    done = create_app().test_cli_runner().invoke(args=arguments, catch_exceptions=False)
    return done.output if done.exit_code == 0 else sys.exit(done.output)


def plain(url: str) -> str:
    """A URL as psycopg wants it."""
    return url.replace("postgresql+psycopg://", "postgresql://")
