"""The entries of the consoles' menus: seller, admin, bank, and a shopper's account."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """One entry; `icon` names a symbol of static/icons.svg."""

    label: str
    url: str
    icon: str
    place: int
    group: str = ""


# from this place on, a console's entries stand under this heading
_GROUPS = {
    "admin": {10: "Trade", 50: "Lending", 70: "Money", 94: "Settings"},
    "seller": {10: "Selling", 30: "Money", 80: "Shop"},
}
_items: dict[str, list[Item]] = {"seller": [], "admin": [], "bank": [], "account": []}


def plug(console: str, label: str, url: str, icon: str, place: int) -> None:
    """Put an entry into a console's menu, once; `place` sorts, and says under which heading."""
    headings = [name for start, name in _GROUPS.get(console, {}).items() if start <= place]
    item = Item(label, url, icon, place, headings[-1] if headings else "")
    if item not in _items[console]:
        _items[console].append(item)


Counter = Callable[[int], dict[str, int]]
_counters: dict[str, list[Counter]] = {}


def plug_counter(console: str, counter: Counter) -> None:
    """Let `counter(person_id)` say how much waits behind some entries of a console, by address."""
    counters = _counters.setdefault(console, [])
    if counter not in counters:
        counters.append(counter)


def counts(console: str, person_id: int) -> dict[str, int]:
    """What waits behind the entries of this person's console."""
    found: dict[str, int] = {}
    for counter in _counters.get(console, []):
        found |= counter(person_id)
    return found


def items(console: str) -> list[Item]:
    """A console's entries, in order."""
    return sorted(_items[console], key=lambda item: item.place)
