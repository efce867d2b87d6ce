"""What a mall sells and who sells it, as frozen facts."""

from dataclasses import dataclass

from demo.pictures.spec import PictureSpec


@dataclass(frozen=True)
class Category:
    """A shelf of the mall."""

    slug: str
    name: str
    blurb: str


@dataclass(frozen=True)
class Shop:
    """A seller's shop window; weights of a catalog's shops sum to 1,000,000 ppm."""

    key: str
    name: str
    tagline: str
    region: str
    focus: tuple[str, ...]  # category slugs
    tier: str  # value, mid or premium
    size: str  # tiny, small, mid or large, read off the weight
    weight_ppm: int  # share of the mall's visits
    quality_ppm: int  # how well the shop is run: drives ratings, returns and delays


@dataclass(frozen=True)
class GoodVariant:
    """One thing that can be put in a cart."""

    sku: str
    label: str  # "Sea, 256 GB"; "Standard" when there is nothing to choose
    options: dict[str, str]
    price_minor: int  # fen
    weight_grams: int
    stock: int
    color: str  # #rrggbb, as drawn


@dataclass(frozen=True)
class Good:
    """A product with its words, variants and picture."""

    key: str
    shop_key: str
    category_slug: str
    title: str
    brand: str
    summary: str
    description: str  # paragraphs parted by a blank line
    attributes: dict[str, str]
    variants: tuple[GoodVariant, ...]
    cost_ppm: int  # what the shop itself pays, as a share of the price
    picture: PictureSpec


@dataclass(frozen=True)
class Catalog:
    """Everything a demo mall opens with."""

    categories: tuple[Category, ...]
    shops: tuple[Shop, ...]
    products: tuple[Good, ...]
