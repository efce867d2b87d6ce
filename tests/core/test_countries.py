"""Countries are ISO 3166, and the mall has one of its own."""

from collections.abc import Iterator

import pytest
from flask import Flask

from core import countries
from core.countries import UnknownCountry


@pytest.fixture(autouse=True)
def inside(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def test_there_are_249_and_no_unions_among_them() -> None:
    assert len(countries.names()) == 249
    assert {"CN", "GB", "US", "IN", "DE"} <= set(countries.names())
    assert not {"EU", "UN", "XK", "ZZ"} & set(countries.names())
    assert countries.choices()[0] == ("CN", "China")
    assert len(countries.choices()) == 249


def test_a_code_is_checked_and_none_is_the_malls_own() -> None:
    assert (countries.checked(" gb "), countries.checked(""), countries.checked(None)) == (
        "GB",
        "CN",
        "CN",
    )
    assert (countries.name("GB"), countries.name("")) == ("United Kingdom", "China")
    with pytest.raises(UnknownCountry, match="no country XX"):
        countries.checked("xx")
