"""Where a payment goes: an order of twelve buckets, as data."""

from collections.abc import Mapping
from dataclasses import dataclass

from finance.lending.replay.fields import FieldError, Fields, many, one_of, text

PARTS = ("PENALTY", "FEE", "PRINCIPAL", "INTEREST")
TIMES = ("PAST_DUE", "DUE", "IN_ADVANCE")
BUCKETS = tuple(f"{time}_{part}" for time in TIMES for part in PARTS)
FUTURES = ("NEXT_INSTALLMENT", "LAST_INSTALLMENT", "NEXT_LAST_INSTALLMENT", "REAMORTIZATION")

Order = tuple[tuple[str, str], ...]
"""(time, part) in the order in which money reaches them."""


@dataclass(frozen=True, slots=True)
class Waterfall:
    """order   buckets, first paid first
    future  which coming installments take what is left when nothing is due
    """

    order: Order
    future: str = "NEXT_INSTALLMENT"


def _order(parts: str, due: str = "", advance: str = "") -> Order:
    """`FPI…` by first letters; N stands for penalty, since P is principal."""
    letter = {"N": "PENALTY", "F": "FEE", "P": "PRINCIPAL", "I": "INTEREST"}
    by_time = zip(TIMES, (parts, due or parts, advance or due or parts), strict=True)
    return tuple((time, letter[each]) for time, letters in by_time for each in letters)


_ALL = {
    "principal first": _order("NFPI"),
    "interest, charges last": _order("IPNF"),
    "interest late": _order("NFIP", "NFPI"),
    "interest first": _order("NFIP"),
    "interest late and early": _order("NFIP", "NFPI", "NFIP"),
    "charges last": _order("PIFN"),
    "fee last": _order("NIPF"),
    "interest early": _order("NFPI", "NFPI", "NFIP"),
}
# two published lists give the same numbers to other orders; ORDER_1 is one and the same
NAMED: Mapping[str, Mapping[str, Order]] = {
    "schedules": {f"ORDER_{nr}": order for nr, order in enumerate(_ALL.values(), 1)},
    "events": {
        "ORDER_1": _ALL["principal first"],
        "ORDER_2": _ALL["interest first"],
        "ORDER_3": _ALL["charges last"],
        "ORDER_4": _ALL["fee last"],
        "ORDER_5": _ALL["interest, charges last"],
        "ORDER_6": _ALL["interest late"],
        "ORDER_7": _ALL["interest late and early"],
    },
}
DEFAULT_ORDER = _ALL["interest first"]


def read_order(value: object, field: str) -> Order:
    """Twelve buckets, each once."""
    words = many(one_of(*BUCKETS))(value, field)
    if len(set(words)) != len(BUCKETS):
        raise FieldError(field, f"must hold each of the {len(BUCKETS)} buckets once")
    split = [(time, word.removeprefix(f"{time}_")) for word in words for time in TIMES]
    return tuple(pair for pair in split if pair[1] in PARTS)


def read_waterfalls(value: object, field: str, named: Mapping[str, Order]) -> dict[str, Waterfall]:
    """`{"DEFAULT": {"order": name or list, "future_installments": word}, …}`."""
    kinds = Fields(value, field)
    found = {kind: _waterfall(kinds.values[kind], kinds.name(kind), named) for kind in kinds.values}
    if "DEFAULT" not in found:
        raise FieldError(field, "needs a DEFAULT")
    return found


def _waterfall(value: object, field: str, named: Mapping[str, Order]) -> Waterfall:
    rule = Fields(value, field)

    def read(order: object, name: str) -> Order:
        if not isinstance(order, str):
            return read_order(order, name)
        if text(order, name) not in named:
            raise FieldError(name, f"knows no order {order!r}; give its twelve buckets as a list")
        return named[order]

    waterfall = Waterfall(
        rule.get("order", read),
        rule.get("future_installments", one_of(*FUTURES), "NEXT_INSTALLMENT"),
    )
    rule.unasked()
    return waterfall
