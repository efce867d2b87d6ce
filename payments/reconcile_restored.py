"""Whether the gateway says of a restored database what its book says, as of the moment of the dump."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError

from core import ops
from payments import gateways, reconcile
from payments.gateway import Unavailable

DAYS = timedelta(days=30)
SECOND = timedelta(seconds=2)  # gateways tell times in whole seconds


def faults(as_of: datetime) -> Iterator[str]:
    """Every difference with the gateway that serves which nothing explains, in a sentence.

    What it was asked after the dump is not in the copy and not compared; what was under way in that
    moment is explained, and ended by the worker once the copy serves.
    """
    name, until = gateways.current().name, as_of - SECOND
    try:
        results = reconcile.run_gateway(name, until - DAYS, until, by="restore", as_of=as_of)
    except (Unavailable, DBAPIError) as trouble:  # the sandbox is a database too
        reason = str(trouble).partition("\n")[0]
        yield f"{name} cannot be asked now ({reason}): verify again, or leave it out with --alone"
        return
    for result in results:
        for item in result.items:
            if not item.explained:
                yield f"{item.kind} {item.ref}: {item.says}"


def plug() -> None:
    """Let `flask ops restore` and `flask ops verify` ask."""
    ops.compare("reconciliation with the gateway", faults)
