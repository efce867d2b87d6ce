"""Points to odds to probability in whole numbers: score = 600 + 50 · log2(odds / 20)."""

from functools import lru_cache

from core.money import MILLION

LOWEST, HIGHEST = 350, 950
_MIDDLE, _ODDS_AT_MIDDLE, _TO_DOUBLE = 600, 20, 50
_SCALE = 10**12

GRADES: tuple[tuple[int, str], ...] = ((760, "A"), (700, "B"), (640, "C"), (580, "D"))


def clip(score: int) -> int:
    """The score inside its range 350 to 950."""
    return max(LOWEST, min(HIGHEST, score))


def grade_of(score: int) -> str:
    """A from 760, B from 700, C from 640, D from 580, else E."""
    return next((grade for least, grade in GRADES if score >= least), "E")


@lru_cache(maxsize=1024)
def pd_ppm(score: int) -> int:
    """Probability of default within 12 months in millionths: 600 is 47,619 (4.76 %).

    odds = 20 · 2^((score − 600) / 50), PD = 1 / (1 + odds), rounded half-up; exact to the
    last millionth because the fiftieth root is taken of whole numbers.
    """
    doublings, rest = divmod(clip(score) - _MIDDLE, _TO_DOUBLE)
    odds = _ODDS_AT_MIDDLE * _power_of_two(rest)
    odds = odds << doublings if doublings >= 0 else odds >> -doublings
    return (2 * MILLION * _SCALE + odds + _SCALE) // (2 * (odds + _SCALE))


def _power_of_two(fiftieths: int) -> int:
    """2^(fiftieths/50) times 10^12, rounded down (Newton's root of whole numbers)."""
    wanted = (1 << fiftieths) * _SCALE**_TO_DOUBLE
    guess = 2 * _SCALE
    while True:
        better = ((_TO_DOUBLE - 1) * guess + wanted // guess ** (_TO_DOUBLE - 1)) // _TO_DOUBLE
        if better >= guess:
            return guess
        guess = better
