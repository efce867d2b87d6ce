"""Fills the shelves: products with words, variants, prices and pictures, from one seed."""

from collections.abc import Iterator
from random import Random

from demo.goods.model import Catalog, Good, GoodVariant, Shop
from demo.goods.shelves import Item, Kind, categories, colors, kinds
from demo.goods.shopping import open_shops
from demo.pictures.canvas import BACKDROPS
from demo.pictures.spec import PictureSpec

FULL_HOUSE = 20  # from so many shops on, everything we know is for sale
MOST_VARIANTS = 6
TIER_BY_PRICE = {"value": -1, "mid": 0, "premium": 1}
ACCENTS = ("coral", "mustard", "sea", "sage", "lilac", "rust", "sky", "rose")
# Bought by the stories that are told with exact amounts: never left out, never repriced.
FIXED = {"Lumovar Aster 5 Pro": "flagship", "Lumovar Aster Accessory Set": "accessory set"}


def catalog(rng: Random, shops: int) -> Catalog:
    """Shelves, `shops` shops (1 to 30) and about 210 products; the same dice, the same mall.

    The first variant of the flagship phone costs 360,000 fen and the accessory set 120,000.
    """
    opened = open_shops(rng, shops)
    products = tuple(_goods(rng, opened))
    stocked = {good.category_slug for good in products}
    shelves = tuple(shelf for shelf in categories() if shelf.slug in stocked)
    return Catalog(shelves, opened, products)


def _goods(rng: Random, shops: tuple[Shop, ...]) -> Iterator[Good]:
    loads = dict.fromkeys((shop.key for shop in shops), 0)
    number = 1000
    for kind in kinds():
        sellers = [shop for shop in shops if kind.category_slug in shop.focus]
        deck = _shuffled(rng, kind.facts)
        for place, item in enumerate(kind.items):
            if not sellers or not _chosen(rng, item, len(shops)):
                continue
            number += 1
            shop = _seller(rng, kind, item, sellers, loads)
            loads[shop.key] += 1
            facts = [deck[(place * 3 + step) % len(deck)] for step in range(min(3, len(deck)))]
            yield _good(rng, kind, item, shop, number, facts)


def _chosen(rng: Random, item: Item, shops: int) -> bool:
    return rng.randrange(FULL_HOUSE) < max(shops, 5) or item.title in FIXED


def _seller(
    rng: Random, kind: Kind, item: Item, sellers: list[Shop], loads: dict[str, int]
) -> Shop:
    """Nobody's shelf stays empty; after that larger shops and fitting tiers win more often."""
    if item.title in FIXED:
        return sellers[0]
    bare = [shop for shop in sellers if loads[shop.key] < 3]
    if bare:
        return rng.choice(bare)
    prices = sorted(other.price for other in kind.items)
    rank = prices.index(item.price) * 3 // len(prices) - 1
    fit = [4 - abs(TIER_BY_PRICE[shop.tier] - rank) for shop in sellers]
    size = [shop.weight_ppm // 10_000 + 3 for shop in sellers]
    weights = [
        a * b * 100 // (4 + loads[shop.key]) for a, b, shop in zip(fit, size, sellers, strict=True)
    ]
    return rng.choices(sellers, weights)[0]


def _good(rng: Random, kind: Kind, item: Item, shop: Shop, number: int, facts: list[str]) -> Good:
    drawn = {name: rng.choice(values) for name, values in kind.attributes.items()}
    attributes = drawn | item.fixed
    return Good(
        key=f"{kind.slug}-{number}",
        shop_key=shop.key,
        category_slug=kind.category_slug,
        title=item.title,
        brand=item.title.split()[0].rstrip(":"),
        summary=item.summary,
        description=_description(item, facts, attributes, kind.box),
        attributes=attributes,
        variants=_variants(rng, kind, item, shop, number),
        cost_ppm=(100 - kind.margin + rng.randint(-3, 3)) * 10_000,
        picture=_picture(rng, kind, item),
    )


def _description(item: Item, facts: list[str], attributes: dict[str, str], box: str) -> str:
    values = {name.lower(): value for name, value in attributes.items()}
    told = [_capital(fact.format_map(values)) for fact in facts]
    return f"{item.summary} {told[0]}\n\n{' '.join(told[1:])}\n\nIn the box: {box}."


def _variants(
    rng: Random, kind: Kind, item: Item, shop: Shop, number: int
) -> tuple[GoodVariant, ...]:
    name, *choices = kind.option or ("",)
    choices = choices or [""]
    hues = _hues(rng, kind, max(1, MOST_VARIANTS // len(choices)))
    grams = rng.randint(*kind.weight)
    return tuple(
        _variant(rng, kind, item, shop, f"{number}-{index}", hue, name, choice, grams)
        for index, (hue, choice) in enumerate(
            ((hue, choice) for hue in hues for choice in choices[:MOST_VARIANTS]), start=1
        )
    )


def _variant(
    rng: Random, kind: Kind, item: Item, shop: Shop, tail: str,
    hue: str, name: str, choice: str, grams: int,
) -> GoodVariant:  # fmt: skip
    """One choice of color and option; each step along the option adds `kind.step` percent."""
    steps = kind.option.index(choice) - 1 if choice else 0
    return GoodVariant(
        sku=f"{item.title[:3].upper()}-{tail}",
        label=", ".join(filter(None, (hue.capitalize(), choice))),
        options={"Color": hue.capitalize()} | ({name: choice} if choice else {}),
        price_minor=100 * _price(item.price, kind.step * steps),
        weight_grams=grams + grams * kind.step * steps // 200,
        stock=_stock(rng, item.price, shop),
        color=colors()[hue],
    )


def _price(base: int, percent: int) -> int:
    """Whole yuan, ending in 9 where a choice has moved the price off its own ending."""
    return base if not percent else (base * (100 + percent) // 100) // 10 * 10 + 9


def _stock(rng: Random, price: int, shop: Shop) -> int:
    """Dear things lie in small piles, and large shops have larger ones."""
    pile = 24 if price > 2_000 else 60 if price > 400 else 140
    scale = {"tiny": 30, "small": 55, "mid": 100, "large": 220}[shop.size]
    return max(3, pile * scale * rng.randint(60, 140) // 10_000)


def _hues(rng: Random, kind: Kind, most: int) -> list[str]:
    count = min(len(kind.colors), most, rng.choice((1, 2, 2, 3, 3, 4)))
    return _shuffled(rng, kind.colors)[:count]


def _picture(rng: Random, kind: Kind, item: Item) -> PictureSpec:
    return PictureSpec(
        kind=kind.slug,
        style=item.style,
        proportion=rng.randint(-10, 10),
        accent=colors()[rng.choice(ACCENTS)],
        backdrop=rng.choice(tuple(BACKDROPS)),
        seed=rng.getrandbits(32),
    )


def _shuffled(rng: Random, things: tuple[str, ...]) -> list[str]:
    return rng.sample(things, len(things))


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
