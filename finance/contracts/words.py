"""The sentences of contracts in every language, with money, days and rates written its way; pure."""

import json
from datetime import date
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from core.errors import NotFound
from core.money import Money

LANGUAGES = ("en", "zh")
_FOLDER = Path(__file__).parent / "words"
_COUNTS = ("count", "days", "months")


@lru_cache
def catalog(language: str) -> dict[str, str]:
    """All sentences of a language by key; raises NotFound for one we do not write."""
    if language not in LANGUAGES:
        raise NotFound(f"Contracts are written in {' and '.join(LANGUAGES)} only.")
    found: dict[str, str] = json.loads((_FOLDER / f"{language}.json").read_text("utf-8"))
    return found


class Words(Formatter):
    """Sentences of one language, for contracts in one currency."""

    def __init__(self, language: str, currency: str) -> None:
        self.language, self.currency = language, currency
        self._catalog = catalog(language)

    def say(self, key: str, **values: Any) -> str:
        """The sentence of this key with its values in place.

        A place may say what its value is: {fee:money} minor units, {rate:percent} millionths,
        {until:date} an ISO day. `key.one` is taken, where it exists, when a count is one.
        """
        if any(values.get(name) == 1 for name in _COUNTS) and f"{key}.one" in self._catalog:
            key = f"{key}.one"
        return self.vformat(self._catalog[key], (), values)

    def knows(self, key: str) -> bool:
        return key in self._catalog

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "money":
                return self.money(value)
            case "percent":
                return self.percent(value)
            case "date":
                return self.day(date.fromisoformat(value) if isinstance(value, str) else value)
        return str(value)

    def money(self, minor: int) -> str:
        """`3,600.00 CNY`, `3,600.00 元`."""
        code = self._catalog.get(f"code.{self.currency}", self.currency)
        return self.say("currency", amount=Money(minor, self.currency).grouped(), code=code)

    def percent(self, ppm: int) -> str:
        """`10.90 %`, to a hundredth, halves up."""
        hundredths = (ppm + 50) // 100
        return self.say("percent", figure=f"{hundredths // 100}.{hundredths % 100:02d}")

    def day(self, value: date) -> str:
        """`26 Nov 2026`, `2026年11月26日`."""
        month = self._catalog["months"].split()[value.month - 1]
        return self.say("day", year=value.year, month=month, day=value.day)

    def list(self, parts: Any) -> str:
        return self._catalog["join"].join(parts)
