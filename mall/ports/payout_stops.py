"""Who may say that a seller is not paid out now; the payouts room asks before every payout."""

from collections.abc import Callable

Stop = Callable[[int, str], str]  # (seller id, currency) -> a sentence for the seller, or ""
_stops: list[Stop] = []


def plug(stop: Stop) -> None:
    """Ask `stop` before every payout, once; called with the seller locked."""
    if stop not in _stops:
        _stops.append(stop)


def why_not(seller_id: int, currency: str) -> str:
    """The first reason why this seller is not paid out now, or ""."""
    return next((why for stop in _stops if (why := stop(seller_id, currency))), "")
