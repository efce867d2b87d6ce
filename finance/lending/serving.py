"""Standard input to standard output for the lender's commands, whatever bytes come."""

import sys
from io import TextIOWrapper
from typing import NoReturn

from finance.lending.replay.command import Answer, run


def serve(answer: Answer, lines: bool) -> NoReturn:
    """Answer standard input on standard output; exit 2 when something could not be used.

    UTF-8 whatever the terminal speaks, with or without a byte order mark; bytes that are not
    UTF-8 and halves of characters cannot break the answer.
    """
    _speak(sys.stdin, "utf-8-sig", "surrogateescape")
    _speak(sys.stdout, "utf-8", "backslashreplace")
    _speak(sys.stderr, "utf-8", "backslashreplace")
    sys.exit(run(answer, sys.stdin, sys.stdout, sys.stderr, lines))


def _speak(stream: object, encoding: str, errors: str) -> None:
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(encoding=encoding, errors=errors)
