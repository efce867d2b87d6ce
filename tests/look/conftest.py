"""One browser and one little site for all tests of the look."""

import pytest

from tests.look.chromium import chromium, served
from tests.look.site import make_site


@pytest.fixture(scope="session")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def site():
    with served(make_site()) as address:
        yield address
