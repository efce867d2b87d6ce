"""Draws kettles, pans and knives."""

from demo.pictures.canvas import Canvas, darker, lighter
from demo.pictures.spec import PictureSpec


def kettle(c: Canvas, s: PictureSpec) -> None:
    """Electric on its base, with a goose neck, or for the stove."""
    w = 150 + s.proportion
    c.shadow(400, 664 if s.style != "stove" else 638, 220, 30)
    if s.style != "stove":
        c.path("M236 650q0-20 164-20t164 20v12q0 12-164 12t-164-12z", "#2c2e34")
    _spout(c, s, w)
    c.line(
        f"M{400 + w - 34} 330C{400 + w + 120} 300 {400 + w + 110} 560 {400 + w + 4} 560",
        "#2c2e34",
        36,
    )
    c.line(
        f"M{400 + w - 24} 324C{400 + w + 112} 296 {400 + w + 104} 540 {400 + w + 14} 552",
        "#5a5d65",
        10,
    )
    c.path(f"M{400 - w + 44} 300h{2 * w - 88}q40 130 44 334H{400 - w}q4-204 44-334z", c.barrel())
    c.path(f"M{400 - w + 62} 320h26q-30 130-34 296h-32q4-170 40-296z", "#fff", opacity=0.35)
    c.path(f"M{400 - w + 50} 302q{w - 50}-78 {2 * w - 100} 0z", c.body())
    c.circle(400, 252, 22, c.radial("#62656d", "#26282d"))
    c.rect(400 - w + 2, 612, 2 * w - 4, 10, s.accent, opacity=0.85)


def _spout(c: Canvas, s: PictureSpec, w: int) -> None:
    left = 400 - w
    if s.style == "goose":
        d = f"M{left + 20} 560C{left - 110} 560 {left - 10} 300 {left - 100} 290"
        c.line(d, darker(c.color, 30), 34)
        c.line(d, lighter(c.color, 12), 20)
    else:
        c.path(
            f"M{left + 60} 330L{left - 50} 300l-12 16 74 190z",
            c.linear(lighter(c.color, 22), darker(c.color, 24)),
        )


def pan(c: Canvas, s: PictureSpec) -> None:
    """From above, with the handle to the lower right; a skillet or a wok."""
    wok = s.style == "wok"
    r = 226 + s.proportion
    c.shadow(370, 450, 300, 250, 0.34)
    c.line("M520 530L716 690", "#00000033", 44)
    c.line("M500 500L704 668", "#8a5a38" if wok else darker(c.color, 30), 42)
    c.line("M520 510L690 650", "#b98558" if wok else lighter(c.color, 12), 12, opacity=0.7)
    c.circle(694, 660, 9, "#efe9df")
    c.circle(350, 370, r + 12, c.linear(lighter(c.color, 35), darker(c.color, 35), to=(1, 1)))
    c.circle(350, 370, r - 4, c.linear(darker(c.color, 50), darker(c.color, 20), to=(1, 1)))
    inner = r - 90 if wok else r - 34
    tint = darker(c.color, 42) if wok else "#3c3e44"
    c.circle(350, 370, inner, c.radial(lighter(tint, 20), tint, darker(tint, 22)))
    if not wok:
        _egg(c)
    else:
        for step in range(3):
            c.circle(
                350,
                370,
                inner + 26 + step * 20,
                "none",
                stroke="#fff",
                stroke_width=2,
                opacity=0.14,
            )
    c.line(
        f"M{350 - r + 30} 330Q{350 - r + 60} 210 {350 - 70} {370 - r + 34}", "#fff", 9, opacity=0.4
    )


def _egg(c: Canvas) -> None:
    c.path(
        "M280 380c-20-60 40-96 90-76 50-14 90 34 70 78 10 60-60 84-96 58-40 14-70-20-64-60z",
        "#000",
        opacity=0.2,
        transform="translate(6 10)",
    )
    c.path(
        "M280 380c-20-60 40-96 90-76 50-14 90 34 70 78 10 60-60 84-96 58-40 14-70-20-64-60z",
        "#fffdf6",
    )
    c.circle(366, 378, 34, c.radial("#ffd873", "#f3a734", "#dd8a22"))
    c.oval(355, 366, 10, 6, "#fff", opacity=0.8)


def knives(c: Canvas, s: PictureSpec) -> None:
    """A row of knives, a cleaver pair, or a block with handles."""
    if s.style == "block":
        return _block(c, s)
    sizes = (
        ((230, 300, 150), (420, 320, 84))
        if s.style == "cleaver"
        else ((210, 360, 74), (400, 320, 54), (570, 220, 44))
    )
    for x, length, wide in sizes:
        _knife(c, s, x, length, wide)
    return None


def _knife(c: Canvas, s: PictureSpec, x: int, length: int, wide: int) -> None:
    top = 480 - length
    tip = 16 if s.style == "cleaver" else 90
    blade = f"M{x} 480V{top + 8}q0-10 10-4C{x + wide} {top + tip} {x + wide} {top + tip + 60} {x + wide} 480z"
    if s.style == "cleaver":
        blade = f"M{x} 480V{top}h{wide - 14}q14 0 14 16V480z"
    handle = f"M{x - 2} 492h44q6 100-4 190-20 18-40 0-8-90 0-190z"
    for d in (blade, handle):
        c.path(d, "#2a2420", opacity=0.16, transform="translate(12 14)")
    c.path(blade, c.linear("#f7f8f9", "#c3c8cd", "#e9ebed", "#9aa0a7", to=(1, 0)))
    c.line(f"M{x + wide - 6} 474V{top + tip + 60}", "#fff", 4, opacity=0.8)
    c.rect(x - 4, 474, 50, 22, c.linear("#e8eaec", "#8c9198"), 4)
    c.path(handle, c.linear(lighter(c.color, 20), c.color, darker(c.color, 25), to=(1, 0)))
    for y in (530, 590, 648):
        c.circle(x + 19, y, 6, "#d9dcdf")


def _block(c: Canvas, s: PictureSpec) -> None:
    c.shadow(410, 672, 230, 32)
    for place, (x, y) in enumerate(((286, 250), (346, 222), (408, 206), (334, 312), (404, 292))):
        with c.moved(f"rotate(-18 {x} {y})"):
            c.rect(x, y - 96, 40, 150, c.linear("#50535b", "#1f2126", to=(1, 0)), 12)
            for dy in (-66, -24, 18):
                c.circle(x + 20, y + dy, 5, "#cfd2d6")
            c.rect(x - 2, y + 40, 44, 14, s.accent if place == 2 else "#c6cacf", 3)
    c.path("M250 340L480 262 600 640q4 26-22 26H356q-20 0-26-20z", c.body())
    c.path("M250 340L480 262l22 68-228 78z", lighter(c.color, 22))
    for row in range(4):
        c.line(
            f"M{292 + row * 24} {440 + row * 52}L{490 + row * 20} {374 + row * 56}",
            darker(c.color, 20),
            3,
            opacity=0.4,
        )
