"""docs/api.md is run as it stands: every curl, and the shape of every answer it shows."""

import json
import re
import shlex
from pathlib import Path
from string import Template
from typing import Any

from flask import Flask

from tests.mall.api.conftest import Shop

PAGE = Path(__file__).parents[3] / "docs/api.md"
EXAMPLE = re.compile(r"```sh\n(curl .*?)\n```(?:\s*```json\n(.*?)\n```)?", re.S)


def _run(client: Any, line: str) -> Any:
    words, headers, method, data, url = shlex.split(line)[1:], {}, "GET", None, ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, _, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-X":
            method = words.pop(0)
        elif word == "-d":
            data = words.pop(0)
        else:
            assert not word.startswith("-"), f"teach the test what {word} means"
            url = word
    return client.open(url, method=method, data=data, headers=headers)


def _shape(value: Any) -> Any:
    """Names and kinds without the values; null is any text that may be missing."""
    if isinstance(value, dict):
        return {name: _shape(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    return "text" if value is None else type(value).__name__.replace("str", "text")


def test_every_example_answers_what_the_page_shows(app: Flask, shop: Shop) -> None:
    values = {"MALL": "", "API_KEY": shop.secret, "ORDER": shop.paid, "SHIPPED": shop.shipped}
    examples, client = EXAMPLE.findall(PAGE.read_text()), app.test_client()
    assert len(examples) >= 9
    for line, shown in examples:
        answer = _run(client, Template(line).substitute(values))
        wanted = json.loads(shown) if shown else {}
        refused = wanted.get("status", 0) if isinstance(wanted.get("status"), int) else 0
        assert answer.status_code == (refused or (201 if "-X POST" in line else 200)), answer.text
        if shown:
            assert _shape(answer.json) == _shape(wanted), line
            if refused or "/shipments" in line:
                assert answer.json == wanted


def test_the_key_in_the_page_does_things_once(app: Flask, shop: Shop) -> None:
    values = {"MALL": "", "API_KEY": shop.secret, "ORDER": shop.paid, "SHIPPED": shop.shipped}
    posts = [line for line, _ in EXAMPLE.findall(PAGE.read_text()) if "-X POST" in line]
    client = app.test_client()
    for line in posts:
        first, again = (_run(client, Template(line).substitute(values)) for _ in range(2))
        assert again.json == first.json and again.status_code == 201
        assert again.headers["Idempotent-Replayed"] == "true"
