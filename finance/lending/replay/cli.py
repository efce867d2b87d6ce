"""`flask finance replay`."""

import click

from finance.lending.replay.answer import answer
from finance.lending.serving import serve


@click.command("replay")
@click.option("--lines", is_flag=True, help="One JSON object a line, each answered by a line.")
def replay(lines: bool) -> None:
    """Terms and events (JSON on standard input) → schedule, balances, allocations, entries.

    Needs no database; docs/replay.md has the format. Exit 2: something could not be read.
    """
    serve(answer, lines)
