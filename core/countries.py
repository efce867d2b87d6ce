"""Countries by their ISO 3166-1 codes of two letters, and the mall's own."""

from functools import lru_cache

from babel import Locale
from flask import current_app

from core.errors import InvalidInput

# what the locale data knows besides: unions, islands with codes of exception, codes for tests
_NO_COUNTRIES = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}  # fmt: skip


class UnknownCountry(InvalidInput):
    message = "There is no country {code}: write its two letters of ISO 3166, such as CN."


@lru_cache(maxsize=4)
def names(language: str = "en") -> dict[str, str]:
    """Every country's name by its code, in the order of names."""
    known = {str(code): str(name) for code, name in Locale(language).territories.items()}
    found = [
        (name, code)
        for code, name in known.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    ]
    return {code: name for name, code in sorted(found)}


def name(code: str | None) -> str:
    """`China`; an address of before countries were kept is in the mall's."""
    return names().get(code or ours(), code or "")


def ours() -> str:
    """The mall's own country."""
    return str(current_app.config["MALL_COUNTRY"])


def checked(code: str | None) -> str:
    """The code in capitals, the mall's for none; raises UnknownCountry."""
    wanted = (code or ours()).strip().upper()
    if wanted not in names():
        raise UnknownCountry(code=wanted[:10])
    return wanted


def choices() -> list[tuple[str, str]]:
    """For a select: the mall's first, then all by name."""
    mine = ours()
    rest = [pair for pair in names().items() if pair[0] != mine]
    return [(mine, names()[mine]), *rest]
