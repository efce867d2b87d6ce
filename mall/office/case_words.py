"""What cases and payments are about, in words, and the admins' page that shows it; pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Said(NamedTuple):
    """Words, and the path of the page about it, "" where there is none."""

    words: str
    path: str = ""


_KINDS = {
    "checkout": ("Checkout", "/admin/orders?q="),
    "wallet": ("Money for a balance,", ""),
    "courier": ("Money of a courier,", ""),
    "seller": ("Payment of a shop,", "/admin/sellers/"),
}
# the statement's line and its payment are shown by themselves
_SHOWN = ("line", "op", "rest")


def about(ref: str) -> Said:
    """Of a case's or a payment's `ref`, such as "checkout:C-1" or "bank:123"."""
    kind, colon, rest = ref.partition(":")
    if kind == "bank" and colon:
        return Said("A line of our bank's statement")
    if not colon:
        return Said(ref)
    words, path = _KINDS.get(kind) or (kind.replace("_", " ").capitalize(), "")
    number = rest.partition(":")[0]
    return Said(f"{words} {number}", path + number if path else "")


def known(facts: Mapping[str, Any]) -> list[tuple[str, Said]]:
    """What else a case keeps, as (name, what is said)."""
    told = []
    for name, value in facts.items():
        if name == "run":
            told.append(("Found by", Said("this comparison", f"/admin/reconciliation/{value}")))
        elif name not in _SHOWN:
            told.append((name.replace("_", " ").capitalize(), Said(str(value))))
    return told
