"""Who is held out of a campaign, and what it brought; pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from math import isqrt

MILLION = 1_000_000


def is_held_out(campaign: str, person_id: int, hold_out_ppm: int) -> bool:
    """Whether this person never sees this campaign: the same answer whenever it is asked."""
    digest = sha256(f"{campaign}:{person_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % MILLION < hold_out_ppm


@dataclass(frozen=True, slots=True)
class Return:
    """What a campaign brought, minor units.

    treated, held_out  sold to each group; expected: what the treated would have bought without
    extra              treated − expected, with its 95 % interval [low, high]
    per_unit_ppm       extra sales for each unit of subsidy; None when nothing was spent
    """

    treated: int
    held_out: int
    expected: int
    extra: int
    low: int
    high: int
    per_unit_ppm: int | None


def measured(sales: Iterable[tuple[bool, int]], hold_out_ppm: int, subsidy: int) -> Return | None:
    """The return from what each shopper bought: (held out?, minor units); None without a hold-out.

    The held-out group's sales, scaled to the size of the treated one, are what would have been
    sold anyway. The interval takes each shopper's sum as one draw (compound Poisson).
    """
    if not hold_out_ppm:
        return None
    sums = list(sales)
    treated = sum(amount for held, amount in sums if not held)
    held_out = sum(amount for held, amount in sums if held)
    scale_up, scale_down = MILLION - hold_out_ppm, hold_out_ppm
    expected = held_out * scale_up // scale_down
    spread = sum(amount**2 for held, amount in sums if not held)
    spread += sum(amount**2 for held, amount in sums if held) * scale_up**2 // scale_down**2
    extra, margin = treated - expected, isqrt(spread) * 196 // 100
    rate = extra * MILLION // subsidy if subsidy else None
    return Return(treated, held_out, expected, extra, extra - margin, extra + margin, rate)
