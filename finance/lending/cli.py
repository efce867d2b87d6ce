"""The lender's arithmetic from the terminal: JSON in, JSON out, no database."""

import json
import sys
from collections.abc import Callable
from typing import Any

import click

from finance.lending import asking, rate_question

Answer = Callable[[Any], dict[str, Any]]
_lines = click.option(
    "--lines", is_flag=True, help="One object a line, one answer a line; errors keep their line."
)


@click.command("apr")
@_lines
def apr(lines: bool) -> None:
    """Annual rate of dated flows (JSON on standard input; docs/quote.md)."""
    serve(rate_question.answer, lines)


def add_to(group: click.Group) -> None:
    """Give `group` (flask finance) these commands."""
    group.add_command(apr)


def serve(answer: Answer, lines: bool) -> None:
    """Answer standard input on standard output; exit 2 after an input that cannot be used.

    lines  every line is a question of its own: a bad one is answered {"error", "field"}, and the
           others are answered all the same. Otherwise the first bad object ends the run.
    """
    try:
        text = sys.stdin.buffer.read().decode()
        if lines:
            good = [_line(answer, line, n) for n, line in enumerate(text.split("\n"), 1)]
            sys.exit(0 if all(good) else 2)
        _whole(answer, text)
    except UnicodeDecodeError:
        _refuse("the input is not UTF-8")
    except asking.Unclear as unclear:
        _refuse(str(unclear))


def _line(answer: Answer, line: str, number: int) -> bool:
    if not line.strip():
        return True
    try:
        values = list(asking.objects(line))
        if len(values) != 1:
            raise asking.Unclear("", "must be one object a line")
        _print(answer(values[0]))
    except asking.Unclear as unclear:
        _print({"error": unclear.problem, "field": unclear.field})
        click.echo(f"line {number}: {unclear}", err=True)
        return False
    return True


def _whole(answer: Answer, text: str) -> None:
    values = list(asking.objects(text))
    if not values:
        raise asking.Unclear("", "nothing on standard input: one JSON object is needed")
    for value in values:
        _print(answer(value))


def _print(said: dict[str, Any]) -> None:
    click.echo(json.dumps(said, ensure_ascii=False, separators=(", ", ": ")))


def _refuse(words: str) -> None:
    click.echo(words, err=True)
    sys.exit(2)
