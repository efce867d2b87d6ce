"""How much of a sudden growth counts: no more than faking it would cost; pure.

Detection cannot win against a crowd of real people who each buy once. So sales above the proven
level raise an advance by at most what they cost and nobody gets back: the mall's commission. A
stretch of 30 days is proven once it is 90 days old; the level is the median of the proven ones.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.money import MILLION

FRESH = 3  # stretches of 30 days that prove nothing yet
_STRETCH, _WEEK = 30, 7


@dataclass(frozen=True, slots=True)
class Credited:
    """Sales by stretch and week, the last first, with fresh ones cut at the proven level.

    excess   what was cut off, in minor units
    """

    months: tuple[int, ...]
    weeks: tuple[int, ...]
    excess: int


def proven_level(months: Sequence[int]) -> int:
    """The median of the stretches old enough to prove something (of two the lower); 0 of none."""
    oldest = max((i + 1 for i, month in enumerate(months) if month > 0), default=0)
    old = sorted(months[FRESH:oldest])
    return max(0, old[(len(old) - 1) // 2]) if old else 0


def credited(months: Sequence[int], weeks: Sequence[int]) -> Credited:
    """Cut fresh stretches, and the weeks in them, at the proven level.

    78,000 a month for a year, then 300,000 in the last: 78,000 counts, 222,000 is excess.
    """
    level = proven_level(months)
    kept = [min(m, level) if i < FRESH else m for i, m in enumerate(months)]
    shorter = [
        week * max(0, kept[at]) // months[at] if week > 0 and months[at] > 0 else week
        for week, at in ((week, i * _WEEK // _STRETCH) for i, week in enumerate(weeks))
    ]
    excess = sum(max(0, m - k) for m, k in zip(months, kept, strict=True))
    return Credited(tuple(kept), tuple(shorter), excess)


def most(
    limit: Callable[[Sequence[int], Sequence[int]], int],
    months: Sequence[int],
    weeks: Sequence[int],
    cost_ppm: int,
) -> int:
    """What `limit(months, weeks)` allows, of which growth raises at most `cost_ppm` of itself."""
    cut = credited(months, weeks)
    whole, proven = limit(months, weeks), limit(cut.months, cut.weeks)
    extra = min(max(0, whole - proven), cut.excess * cost_ppm // MILLION)
    return min(whole, proven) + extra
