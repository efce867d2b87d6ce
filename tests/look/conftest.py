"""One little site for all tests of the look."""

import pytest

from tests.look.chromium import served
from tests.look.site import make_site


@pytest.fixture(scope="session")
def site():
    with served(make_site()) as address:
        yield address
