"""Draws shop banners and the round pictures of shoppers."""

from hashlib import sha256
from random import Random
from typing import Protocol

from demo.pictures.canvas import Canvas, darker, lighter, mix

HUES = (
    "#3f7f93",
    "#8fa68a",
    "#e2735f",
    "#d9a441",
    "#ab9cc9",
    "#b4573a",
    "#27344f",
    "#3f5f4b",
    "#d98c97",
)


class Named(Protocol):
    """Anything with a name to put on a sign."""

    @property
    def name(self) -> str: ...


def draw_shop_banner(shop: Named, rng: Random) -> str:
    """A 1200 by 300 SVG for the top of a shop's page: a pattern in two hues, no lettering."""
    hue, accent = rng.sample(HUES, 2)
    c = Canvas(rng, hue, accent, 1200, 300)
    c.rect(0, 0, 1200, 300, c.linear(darker(hue, 18), hue, mix(hue, accent, 45), to=(1, 0)))
    rng.choice((_waves, _tiles, _discs))(c)
    return c.svg(_escaped(f"Banner of {shop.name}"))


def _waves(c: Canvas) -> None:
    for layer in range(5):
        y = 110 + layer * 42
        swing = c.rng.randint(26, 60) * c.rng.choice((-1, 1))
        d = f"M0 {y}C300 {y - swing * 2} 420 {y + swing * 2} 640 {y}S1000 {y - swing * 2} 1200 {y + swing // 2}V300H0z"
        c.path(d, mix(c.color, lighter(c.accent, 20), 18 * layer), opacity=0.75)
    c.circle(c.rng.randint(760, 1040), 92, 46, lighter(c.accent, 55), opacity=0.9)


def _tiles(c: Canvas) -> None:
    for column in range(6, 16):
        for row in range(4):
            tint = c.rng.choice(
                (c.accent, lighter(c.color, 30), darker(c.color, 20), lighter(c.accent, 40))
            )
            turn = c.rng.randrange(4) * 90
            if c.rng.randrange(8) > column - 6:  # the pattern thins out toward the name
                continue
            c.path("M0 0h75v75A75 75 0 0 1 0 0z", tint, opacity=0.8,
                   transform=f"translate({column * 75} {row * 75}) rotate({turn} 37.5 37.5)")  # fmt: skip


def _discs(c: Canvas) -> None:
    for _ in range(12):
        x, y, r = c.rng.randint(420, 1180), c.rng.randint(0, 300), c.rng.randint(24, 110)
        tint = c.rng.choice((c.accent, lighter(c.color, 35), lighter(c.accent, 50)))
        c.circle(x, y, r, tint, opacity=0.42)
    c.line("M0 262Q400 180 700 232T1200 190", lighter(c.accent, 50), 5, opacity=0.7)


def draw_avatar(key: str) -> str:
    """A 96 by 96 SVG for a shopper: the same key, the same small animal."""
    dice = Random(sha256(key.encode()).hexdigest())
    hue, coat = dice.sample(HUES, 2)
    c = Canvas(dice, hue, coat, 96, 96)
    coat = lighter(coat, dice.choice((0, 15, 30)))
    c.rect(0, 0, 96, 96, c.linear(lighter(hue, 55), lighter(hue, 20)))
    c.path("M14 100q4-32 34-32t34 32z", coat)
    dice.choice((_cat_ears, _bear_ears, _long_ears))(c, coat)
    c.oval(48, 50, 26, 24, c.radial(lighter(coat, 22), coat))
    c.oval(48, 58, 13, 10, lighter(coat, 55))
    for x in (38, 58):
        c.circle(x, 47, 3.4, "#26222a")
        c.circle(x - 1, 46, 1.2, "#fff")
    c.oval(48, 54, 4, 2.8, "#3a2f32")
    c.line("M48 57q-4 5-8 2M48 57q4 5 8 2", "#3a2f32", 1.6)
    return c.svg("Picture of a shopper")


def _cat_ears(c: Canvas, coat: str) -> None:
    for side in (-1, 1):
        x = 48 + side * 17
        c.path(f"M{x - 11} 38l{11 + side * 5}-26 {11 - side * 5} 26z", coat)
        c.path(f"M{x - 5} 36l{5 + side * 3}-15 {5 - side * 3} 15z", lighter(coat, 45))


def _bear_ears(c: Canvas, coat: str) -> None:
    for x in (28, 68):
        c.circle(x, 29, 10, coat)
        c.circle(x, 30, 5, lighter(coat, 45))


def _long_ears(c: Canvas, coat: str) -> None:
    for x, turn in ((38, -10), (58, 10)):
        c.oval(x, 22, 7, 20, coat, transform=f"rotate({turn} {x} 40)")
        c.oval(x, 22, 3.4, 14, lighter(coat, 45), transform=f"rotate({turn} {x} 40)")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
