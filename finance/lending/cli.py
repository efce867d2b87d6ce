"""The lender's arithmetic from the terminal: JSON in, JSON out, no database."""

import click

from finance.lending import quote_question, rate_question
from finance.lending.replay.cli import replay
from finance.lending.serving import serve

_lines = click.option("--lines", is_flag=True, help="One JSON object a line, one answer a line.")


@click.command("apr")
@_lines
def apr(lines: bool) -> None:
    """Annual rate of dated flows (JSON on standard input; docs/quote.md).

    Exit 2: something could not be read, and the message names the field.
    """
    serve(rate_question.answer, lines)


@click.command("quote")
@_lines
def quote(lines: bool) -> None:
    """Terms and a day → rows, totals, annual rates (JSON on standard input; docs/quote.md).

    Exit 2: something could not be read, and the message names the field.
    """
    serve(quote_question.answer, lines)


COMMANDS = (quote, apr, replay)


def add_to(group: click.Group) -> None:
    """Give `group` (flask finance) these commands."""
    for command in COMMANDS:
        group.add_command(command)
