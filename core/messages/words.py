"""The words of messages: plain text from templates/messages/LANGUAGE/KIND.txt.

The first line is the subject, the rest the body. A name that a template wants and nobody gave is
an error, in every language at once, so that the first test of a kind finds it.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from flask import current_app
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from core import clock
from core.web import money

FOLDER = "messages"
SUBJECT_MAX = 200
_GAPS = re.compile(r"\n{3,}")  # what blocks that say nothing leave behind


@dataclass(frozen=True, slots=True)
class Text:
    """A message in one language."""

    subject: str
    body: str


def render(kind: str, language: str, facts: dict[str, Any]) -> Text:
    """What `kind` says of these facts; raises TemplateNotFound or UndefinedError."""
    folder = Path(current_app.root_path) / str(current_app.template_folder) / FOLDER
    written = _environment(str(folder), language).get_template(f"{language}/{kind}.txt")
    said = written.render(mall=current_app.config["MALL_NAME"], **facts)
    head, _, body = said.strip().partition("\n")
    return Text(" ".join(head.split())[:SUBJECT_MAX], _GAPS.sub("\n\n", body.strip()))


@lru_cache
def _environment(folder: str, language: str) -> Environment:
    # plain text: pages escape it when they show it
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
    )

    def day(value: date | datetime) -> str:
        here = clock.day_of(value) if isinstance(value, datetime) else value
        return str(format_date(here, "long", locale=language))

    def moment(value: datetime) -> str:
        here = value.astimezone(clock.zone())
        return str(
            format_datetime(here, "d MMMM y HH:mm" if language == "en" else "y年M月d日 HH:mm")
        )

    environment.filters |= {"money": money, "day": day, "moment": moment}
    return environment
