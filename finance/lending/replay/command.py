"""The command's reading and writing: JSON in, JSON out, complaints by field."""

from collections.abc import Callable
from typing import TextIO

from finance.lending.replay.fields import FieldError
from finance.lending.replay.text import dump, parse

Answer = Callable[[object], object]
"""JSON in, JSON out; raises FieldError for what cannot be used."""


def run(answer: Answer, source: TextIO, out: TextIO, complaints: TextIO, lines: bool) -> int:
    """Answer one object, or one a line; 0, or 2 when something could not be read.

    With `lines` a bad line gets an object {"error", "field"} of its own and the rest go on.
    """
    if not lines:
        return _one(answer, source.read(), out, complaints)
    worst = 0
    for line in source:
        if line.strip():
            worst = max(worst, _one(answer, line, out, complaints, in_line=True))
            out.flush()
    return worst


def _one(answer: Answer, text: str, out: TextIO, complaints: TextIO, in_line: bool = False) -> int:
    try:
        out.write(dump(answer(parse(text))) + "\n")
    except FieldError as refused:
        _complain(refused.field, str(refused), out, complaints, in_line)
    else:
        return 0
    return 2


def _complain(field: str, why: str, out: TextIO, complaints: TextIO, in_line: bool) -> None:
    complaints.write(why + "\n")
    if in_line:
        out.write(dump({"error": why, "field": field}) + "\n")
