"""The examples in docs/quote.md do what the text says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from finance.lending import cli

TEXT = (Path(__file__).parents[3] / "docs" / "quote.md").read_text()
EXAMPLES = re.findall(r"```\necho '([^']*)' \|\s+flask finance (apr|quote)\n```", TEXT)


def _answer(command: str) -> list[Any]:
    commands = {each.name: each for each in cli.COMMANDS}
    asked = [question for question, name in EXAMPLES if name == command]
    said = []
    for question in asked:
        result = CliRunner().invoke(commands[command], input=question)
        assert result.exit_code == 0, result.output
        said.append(json.loads(result.stdout))
    return said


def test_a_rate_by_each_method() -> None:
    days, months, nominal = _answer("apr")
    assert (days["shown_percent"], days["unit_period"]) == (11.45, "day x255")
    assert (months["method"], months["shown_percent"]) == ("effective", 85.6)
    assert nominal["shown_percent"] == 12.00
    assert round(nominal["effective_percent"], 2) == 12.68


def test_the_quote_of_twelve_rows() -> None:
    (said,) = _answer("quote")
    assert [row["due"] for row in said["rows"][1:]] == [88.85] * 11 + [88.84]
    assert said["totals"]["interest"] == 66.19


@pytest.mark.parametrize("word", ["us_actuarial", "effective", "monthly_nominal"])
def test_every_method_is_explained(word: str) -> None:
    assert f"* **`{word}`**" in TEXT
