"""The arithmetic without the mall: its commands answer before any room is loaded."""

from collections.abc import Sequence
from pathlib import PurePath

NAMES = ("quote", "apr", "replay")
_WITH_VALUE = ("--app", "-A", "--env-file", "-e")


def words_after(arguments: Sequence[str]) -> list[str]:
    """What follows `flask finance` when one of NAMES was asked, its name first; else nothing.

    arguments  a process's own, such as ["/…/bin/flask", "--app", "wsgi", "finance", "apr"]
    """
    if not arguments or not _is_flask(PurePath(arguments[0])):
        return []
    words = list(arguments[1:])
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in _WITH_VALUE else words[1:]
    return words[1:] if words[:1] == ["finance"] and words[1:2] and words[1] in NAMES else []


def _is_flask(program: PurePath) -> bool:
    return program.stem == "flask" or (program.name, program.parent.name) == (
        "__main__.py",
        "flask",
    )


def answer_if_asked(arguments: Sequence[str]) -> None:
    """Answer such a command and end the process; otherwise do nothing.

    Loading all rooms takes twenty times as long as the arithmetic, which needs none of them.
    """
    words = words_after(arguments)
    if words:
        from finance.lending.cli import COMMANDS

        command = next(each for each in COMMANDS if each.name == words[0])
        command.main(args=words[1:], prog_name=f"flask finance {words[0]}")
