"""What a shop will probably settle a day: its own level, trend and season, shrunk; pure.

level   mean of 26 weeks, moved toward the last 13 by n / (n + 20) with n weeks with sales
season  a stretch of 30 days looks like the same stretch a year ago, half way (only with
        sales in all twelve stretches)
spread  the same shop's own 28-day sums: their 10th, 25th and 90th hundredths against the mean,
        at least a tenth (a twentieth for the 25th) away from it
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from core.money import MILLION

STRETCH, STRETCHES = 30, 12
_SHRINK = 20
_RECENT, _WEEKS, _RUN = 13, 26, 4
_BEYOND = 3 * 365


@dataclass(frozen=True, slots=True)
class Outlook:
    """daily: minor units a day without season; season: the next twelve stretches in ppm."""

    daily: Fraction
    season: tuple[int, ...]
    slow_ppm: int
    careful_ppm: int
    fast_ppm: int

    def a_day(self, stretch: int, speed_ppm: int = MILLION) -> Fraction:
        """Net settled a day in this stretch of 30 days from now."""
        season = self.season[stretch % STRETCHES]
        return self.daily * Fraction(season, MILLION) * Fraction(speed_ppm, MILLION)

    def sum_of(self, days: int, speed_ppm: int = MILLION) -> Fraction:
        """Net settled in the next `days`."""
        full, rest = divmod(days, STRETCH)
        whole = sum((self.a_day(i, speed_ppm) * STRETCH for i in range(full)), Fraction(0))
        return whole + self.a_day(full, speed_ppm) * rest

    def days_to(self, owed: int, share_ppm: int, speed_ppm: int = MILLION) -> int | None:
        """Days until a share of it repays `owed`; None beyond three years."""
        left = Fraction(owed * MILLION, share_ppm) if share_ppm else Fraction(0)
        if not share_ppm:
            return None
        for stretch in range(_BEYOND // STRETCH):
            a_day = self.a_day(stretch, speed_ppm)
            if a_day * STRETCH >= left:
                return stretch * STRETCH + -(-left // a_day)
            left -= a_day * STRETCH
        return None


def outlook(weeks: Sequence[int], months: Sequence[int]) -> Outlook:
    """From net settled sales of 26 weeks and twelve stretches of 30 days, the last first."""
    season = _season(months)
    level = _level([max(0, week) for week in weeks])
    if any(index != MILLION for index in season):
        passed = Fraction(sum(season[6:]), 6 * MILLION)  # of the half year the level was seen in
        level = level / passed if passed else level
    slow, careful, fast = _spread(weeks)
    return Outlook(level / 7, season, slow, careful, fast)


def _level(weeks: Sequence[int]) -> Fraction:
    """A week's net; a young shop is measured by the weeks it has."""
    seen = max((i + 1 for i, week in enumerate(weeks) if week > 0), default=0)
    if not seen:
        return Fraction(0)
    whole = Fraction(sum(weeks[:seen]), seen)
    recent = Fraction(sum(weeks[:_RECENT]), min(seen, _RECENT))
    active = sum(1 for week in weeks if week > 0)
    return whole + (recent - whole) * Fraction(active, active + _SHRINK)


def _season(months: Sequence[int]) -> tuple[int, ...]:
    if len(months) < STRETCHES or any(month <= 0 for month in months):
        return (MILLION,) * STRETCHES
    mean = Fraction(sum(months), STRETCHES)
    coming = [months[STRETCHES - 1 - i] for i in range(STRETCHES)]
    return tuple(int((1 + Fraction(month) / mean) * MILLION / 2) for month in coming)


def _spread(weeks: Sequence[int]) -> tuple[int, int, int]:
    seen = max((i + 1 for i, week in enumerate(weeks) if week > 0), default=0)
    runs = sorted(sum(weeks[i : i + _RUN]) for i in range(max(1, seen - _RUN + 1)))
    mean = Fraction(sum(runs), len(runs))
    if mean <= 0:
        return 400_000, 600_000, 1_100_000

    def at(hundredth: int) -> int:
        return int(runs[(len(runs) - 1) * hundredth // 100] / mean * MILLION)

    slow = max(300_000, min(900_000, at(10)))
    return slow, max(slow, min(950_000, at(25))), min(2_000_000, max(1_100_000, at(90)))
