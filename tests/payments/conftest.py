"""Every story of payments has a stall that takes money."""

from collections.abc import Iterator

import pytest

from tests.factories.payments import Heard, Stall, plugged


@pytest.fixture
def rooms() -> Iterator[tuple[Stall, Heard, Heard]]:
    with plugged() as rooms:
        yield rooms


@pytest.fixture
def stall(rooms: tuple[Stall, Heard, Heard]) -> Stall:
    return rooms[0]


@pytest.fixture
def refunds(rooms: tuple[Stall, Heard, Heard]) -> Heard:
    return rooms[1]


@pytest.fixture
def payouts(rooms: tuple[Stall, Heard, Heard]) -> Heard:
    return rooms[2]
