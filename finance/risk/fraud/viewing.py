"""What a case shows: who is linked with whom, and the way of money back; pure, no names."""

from typing import Any

from finance.risk.fraud.evidence import Mall
from finance.risk.fraud.looks_accounts import links_of
from finance.risk.fraud.looks_money import returns

_MOST = 300  # links and paths kept with a case
_SHORT = 8  # characters of a token that a page shows


def picture(mall: Mall, seller_id: int) -> dict[str, Any]:
    """Links [[token, buyer], …] and paths with stations and seconds, as plain data."""
    links = [[mark[:_SHORT], buyer] for mark, buyer in links_of(mall, seller_id)]
    paths = [
        {
            "order": back.number,
            "amount": back.amount,
            "lent": back.lent,
            "hops": len(back.path) + 1,
            "stations": [[_station(name), at] for name, at in back.path],
            "at": back.at,
        }
        for back in returns(mall).get(seller_id, ())
    ]
    return {"links": links[:_MOST], "paths": paths[:_MOST]}


def _station(name: str) -> str:
    """A station in words: `account 3f2a…`, `balance of 42`."""
    kind, _, rest = name.partition(":")
    words = {"t": "account or card", "w": "balance of person", "p": "owner", "s": "shop"}
    return f"{words[kind]} {rest[:_SHORT] if kind == 't' else rest}"
