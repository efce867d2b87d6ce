"""Which rate the goods of a class contain where they go to: the table, and what the mall sets."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app

from core import countries
from mall.taxes.rules import NO_TAX, STANDARD, Rate

_TABLE = Path(__file__).with_name("rates.json")


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(_TABLE.read_text())["countries"]
    return found


@lru_cache(maxsize=4)
def _set_by_the_mall(written: str) -> dict[tuple[str, str], int]:
    """`GB.reduced=50000 US.standard=0` as {(country, class): ppm}; raises ValueError."""
    found = {}
    for part in written.split():
        where, _, ppm = part.partition("=")
        country, _, tax_class = where.partition(".")
        found[country, tax_class or STANDARD] = int(ppm)
    return found


def rate_of(tax_class: str, country: str) -> Rate:
    """What goods of this class contain in this country ("" the mall's own); NO_TAX for none."""
    where = country or countries.ours()
    known, own = _table().get(where, {}), _set_by_the_mall(current_app.config["GOODS_TAX_PPM"])
    usual = 0 if tax_class == "zero" else known.get(tax_class, known.get(STANDARD, 0))
    ppm = own.get((where, tax_class), usual)
    return Rate(str(known.get("name", "Tax")), ppm) if ppm else NO_TAX
