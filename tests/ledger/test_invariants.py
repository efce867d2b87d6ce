"""The forty invariants of docs/ledger.md: each is asked by an audit line or a test that exists."""

import re
from pathlib import Path

from flask import Flask

from ledger import audit

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def rows() -> dict[int, str]:
    page = (ROOT / "docs" / "ledger.md").read_text()
    _, _, rest = page.partition("## The forty invariants")
    return {int(number): where for number, _, where in ROW.findall(rest.partition("\n## ")[0])}


def test_all_forty_are_there() -> None:
    assert list(rows()) == list(range(1, 41))


def test_each_is_asked_somewhere(app: Flask) -> None:
    lines, missing = {*audit._OWN, *audit._added}, []
    for number, where in rows().items():
        named = re.findall(r"`([^`]+)`", where)
        assert named, f"{number} names nothing"
        for name in named:
            path, _, test = name.partition("::")
            if test:
                text = (ROOT / path).read_text() if (ROOT / path).exists() else ""
                there = f"def {test}(" in text
            else:
                there = name in lines
            missing += [] if there else [f"{number}: {name}"]
    assert missing == []
