"""Opens the shops of a demo mall: who they are, how large, how well run."""

from random import Random

from demo.goods.model import Shop
from demo.goods.shelves import SLUGS, shop_lines

# The Nth largest shop draws 1/N^1.1 of the visits: a few large shops, a long tail.
TAIL = 11


def open_shops(rng: Random, count: int) -> tuple[Shop, ...]:
    """The first `count` profiles; the flagship's seller comes first and is never tiny."""
    lines = shop_lines()
    if not 1 <= count <= len(lines):
        raise ValueError(f"A demo mall has 1 to {len(lines)} shops, not {count}.")
    weights = _weights(rng, count)
    return tuple(_shop(number, weights[number]) for number in range(count))


def _shop(number: int, weight_ppm: int) -> Shop:
    name, tagline, region, tier, quality, focus = shop_lines()[number]
    return Shop(
        key="".join(c if c.isalnum() else "-" for c in name.lower().replace(" & ", " and ")),
        name=name,
        tagline=tagline,
        region=region,
        focus=tuple(SLUGS[file] for file in focus),
        tier=tier,
        size=_size(weight_ppm),
        weight_ppm=weight_ppm,
        quality_ppm=quality * 10_000,
    )


def _weights(rng: Random, count: int) -> list[int]:
    """Shares in ppm, heavy-tailed, shuffled behind the first shop; they sum to 1,000,000."""
    raw = [round(1_000_000 / rank ** (TAIL / 10)) for rank in range(1, count + 1)]
    shares = [part * 1_000_000 // sum(raw) for part in raw]
    shares[0] += 1_000_000 - sum(shares)
    tail = shares[1:]
    rng.shuffle(tail)
    return [shares[0], *tail]


def _size(weight_ppm: int) -> str:
    steps = ((100_000, "large"), (35_000, "mid"), (15_000, "small"))
    return next((name for least, name in steps if weight_ppm >= least), "tiny")
