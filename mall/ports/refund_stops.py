"""Who may say that a seller cannot give this money back alone; an admin always can."""

from collections.abc import Callable

from core.errors import Conflict
from core.money import Money

Stop = Callable[[str, int, Money], str]  # (order number, seller id, amount) -> a sentence, or ""
_stops: list[Stop] = []


class NotAlone(Conflict):
    """The mall decides on this one."""


def plug(stop: Stop) -> None:
    """Ask `stop` before a seller gives money back, once; called with the order locked."""
    if stop not in _stops:
        _stops.append(stop)


def check(order_number: str, seller_id: int, amount: Money) -> None:
    """Raises NotAlone with the first reason."""
    for stop in _stops:
        if why := stop(order_number, seller_id, amount):
            raise NotAlone(why)
