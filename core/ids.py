"""Ids made in Python: bigint inside, short unguessable codes outside."""

import os
import threading

from core import chance, clock

_EPOCH_MS = 1_577_836_800_000  # 2020-01-01T00:00Z
_SPREAD_BITS = 22
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U

_lock = threading.Lock()
_last = 0
_start = 0


def new_id() -> int:
    """A new 63-bit id that sorts by time: 41 bits of milliseconds, 22 that part processes."""
    return new_ids(1)[0]


def new_ids(count: int) -> range:
    """So many new ids, one after the other; asks for the time and waits for others once."""
    global _last
    milliseconds = int(clock.now().timestamp() * 1000) - _EPOCH_MS
    with _lock:
        first = max(_last + 1, (milliseconds << _SPREAD_BITS) + _start)
        _last = first + count - 1
        return range(first, first + count)


def part_from_other_processes(start: int | None = None) -> None:
    """Choose where this process begins in each millisecond; called after a fork."""
    global _start, _last
    _start = chance.dice().getrandbits(_SPREAD_BITS - 2) if start is None else start
    _last = 0


def code(prefix: str, length: int = 9) -> str:
    """A public number such as `O-7K2M9Q4FA`: `length` characters of 5 bits each."""
    dice = chance.dice()
    return f"{prefix}-" + "".join(dice.choice(_ALPHABET) for _ in range(length))


part_from_other_processes()
os.register_at_fork(after_in_child=part_from_other_processes)
