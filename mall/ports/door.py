"""What has to be paid at the door: the port of ways to pay that the courier collects."""

from typing import Protocol

from core.money import Money


class Door(Protocol):
    """A way to pay at the door. Called with the order locked, inside its transaction."""

    def due(self, order_number: str) -> Money | None:
        """What the courier still has to collect; None when nothing ever was."""
        ...

    def check_carrier(self, order_number: str, carrier: str) -> None:
        """Raise Conflict when this carrier cannot collect what is due."""
        ...

    def collect(self, order_number: str) -> None:
        """The goods change hands, and so does the money."""
        ...


_doors: list[Door] = []


def plug(door: Door) -> None:
    """Let this way to pay be collected at doors; the last one plugged in is asked."""
    _doors[:] = [door]


def due(order_number: str) -> bool:
    """Whether anything is still to be collected."""
    return any(door.due(order_number) for door in _doors)


def check_carrier(order_number: str, carrier: str) -> None:
    """Raise Conflict when something is due and this carrier cannot collect it."""
    for door in _doors:
        door.check_carrier(order_number, carrier)


def collect(order_number: str) -> None:
    """The parcel is handed over against what is due."""
    for door in _doors:
        door.collect(order_number)
