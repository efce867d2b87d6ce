"""What a shop will probably settle a day: its own level, trend and season, shrunk; pure.

level   mean of 26 weeks, moved toward the last 13 by n / (n + 20) with n weeks since the first sale
season  a stretch of 30 days looks like the same stretch a year ago, half way (only with
        sales in all twelve stretches)
spread  the same shop's own 28-day sums: their 10th and 25th hundredths, of the half year or of its
        last 13 weeks, whichever is less; their 90th, the middle of both; each against the level,
        at least a tenth (a twentieth for the 25th) away from it

Without a season no week since the first sale, had it sold more, makes any of the three less: sums
in their order rise with each week, and what they are held between rises with the level. (Against
their own mean, as they once were taken, one very good week long ago lowered them.)
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
    sold = [max(0, week) for week in weeks]
    level = _level(sold)
    slow, careful, fast = _spread(sold, level)
    if any(index != MILLION for index in season):
        passed = Fraction(sum(season[6:]), 6 * MILLION)  # of the half year the level was seen in
        level = level / passed if passed else level
    return Outlook(level / 7, season, slow, careful, fast)


def _level(weeks: Sequence[int]) -> Fraction:
    """A week's net; a young shop is measured by the weeks it has."""
    seen = _seen(weeks)
    if not seen:
        return Fraction(0)
    whole = Fraction(sum(weeks[:seen]), seen)
    recent = Fraction(sum(weeks[:_RECENT]), min(seen, _RECENT))
    return whole + (recent - whole) * Fraction(seen, seen + _SHRINK)


def _seen(weeks: Sequence[int]) -> int:
    """Weeks since the first sale of these."""
    return max((i + 1 for i, week in enumerate(weeks) if week > 0), default=0)


def _season(months: Sequence[int]) -> tuple[int, ...]:
    if len(months) < STRETCHES or any(month <= 0 for month in months):
        return (MILLION,) * STRETCHES
    mean = Fraction(sum(months), STRETCHES)
    coming = [months[STRETCHES - 1 - i] for i in range(STRETCHES)]
    return tuple(int((1 + Fraction(month) / mean) * MILLION / 2) for month in coming)


def _spread(weeks: Sequence[int], level: Fraction) -> tuple[int, int, int]:
    """Slow, careful and fast in ppm of the level."""
    if not level:
        return 400_000, 600_000, 1_100_000
    seen = _seen(weeks)
    whole, recent = _runs(weeks[:seen]), _runs(weeks[: min(seen, _RECENT)])

    def at(runs: Sequence[Fraction], hundredth: int) -> Fraction:
        return runs[(len(runs) - 1) * hundredth // 100] / level * MILLION

    low, lower = (int(min(at(whole, h), at(recent, h))) for h in (25, 10))
    high = int((at(whole, 90) + at(recent, 90)) / 2)
    slow = max(300_000, min(900_000, lower))
    return slow, max(slow, min(950_000, low)), min(2_000_000, max(1_100_000, high))


def _runs(weeks: Sequence[int]) -> list[Fraction]:
    """Means of each four weeks in a row, the least first."""
    run = min(_RUN, len(weeks))
    return sorted(Fraction(sum(weeks[i : i + run]), run) for i in range(len(weeks) - run + 1))
