"""What the law and the mall ask of lending together with banks, by regime; data."""

from dataclasses import dataclass

OWN_PRICE_PPM = 120_000  # what the mall's own money costs a year


@dataclass(frozen=True, slots=True)
class Rules:
    """own_min_ppm: the mall's least share of a loan; guarantee_max_ppm: the most of a bank's money
    that the mall may guarantee; transfer_days: until what was collected is with the bank."""

    own_min_ppm: int
    guarantee_max_ppm: int = 50_000
    transfer_days: int = 15


_BY_REGIME = {
    "CN": Rules(own_min_ppm=300_000),  # joint loans of internet lenders
    "IN": Rules(own_min_ppm=100_000),  # co-lending arrangements
    "EU": Rules(own_min_ppm=50_000),  # risk retention, as for securitized loans
    "UK": Rules(own_min_ppm=50_000),
    "US": Rules(own_min_ppm=50_000),
}


def of(regime: str) -> Rules:
    """An unknown regime gets the strictest, CN."""
    return _BY_REGIME.get(regime, _BY_REGIME["CN"])
