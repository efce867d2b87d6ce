"""Draws headphones, earbuds and speakers."""

from demo.pictures.canvas import Canvas, darker, lighter, mix
from demo.pictures.spec import PictureSpec


def headphones(c: Canvas, s: PictureSpec) -> None:
    """Standing, seen from the front: band, arms and two cups."""
    big = s.style != "on"
    gap = 190 + s.proportion
    cup = (92, 132) if big else (72, 100)
    c.shadow(400, 668, gap + 80, 28)
    arch = f"M{400 - gap} 440C{400 - gap} 90 {400 + gap} 90 {400 + gap} 440"
    c.line(arch, darker(c.color, 30), 44)
    c.line(arch, c.linear(lighter(c.color, 28), c.color, darker(c.color, 10)), 34)
    pad = f"M{400 - gap + 46} 268C{400 - gap + 100} 150 {400 + gap - 100} 150 {400 + gap - 46} 268"
    c.line(pad, darker(c.color, 48), 26)
    c.line(f"M{400 - gap + 12} 252C{400 - gap + 60} 172 340 158 396 156", "#fff", 6, opacity=0.4)
    for side in (-1, 1):
        x = 400 + side * gap
        c.rect(x - 9, 380, 18, 90, c.linear("#f2f3f4", "#9ba0a6", "#e4e6e8", to=(1, 0)), 8)
        with c.moved(f"rotate({side * -7} {x} 520)"):
            c.oval(x - side * 34, 524, cup[0] - 14, cup[1] - 6, c.linear("#4a4c54", "#1d1e24"))
            c.oval(x + side * 4, 524, cup[0], cup[1], darker(c.color, 38))
            c.oval(x + side * 9, 522, cup[0] - 8, cup[1] - 8, c.body())
            c.oval(x + side * 14, 522, cup[0] - 28, cup[1] - 40, mix(c.color, "#ffffff", 14))
            c.oval(x + side * 14, 522, cup[0] - 40, cup[1] - 66, s.accent, opacity=0.85)
            c.path(f"M{x - 20} 436q30-34 56 4-30-14-56-4z", "#fff", opacity=0.35)


def earbuds(c: Canvas, s: PictureSpec) -> None:
    """An open charging case with both buds before it."""
    c.shadow(400, 650, 290, 40)
    lid = "M250 330q0-150 150-150t150 150z"
    c.path(lid, c.linear(darker(c.color, 18), c.color))
    c.path("M276 330q6-118 124-118t124 118z", c.linear(darker(c.color, 52), darker(c.color, 30)))
    c.path("M238 330h324v96q0 150-162 150T238 426z", c.body())
    c.oval(400, 332, 162, 22, darker(c.color, 42))
    c.path("M262 372q2 120 74 168-52-14-80-62-14-50 6-106z", "#fff", opacity=0.3)
    c.circle(400, 452, 7, "#8fe0a8")
    for x, side in ((196, -1), (604, 1)):
        _bud(c, s, x, side)


def _bud(c: Canvas, s: PictureSpec, x: int, side: int) -> None:
    with c.moved(f"translate({x} 580) scale({side} 1) rotate(-12)"):
        if s.style == "stem":
            c.rect(-16, -6, 34, 110, c.barrel(), 17)
            c.rect(-10, 84, 22, 14, "#b9bec4", 7)
        c.oval(-44, 4, 28, 36, c.linear("#fbfbfb", "#b4b6ba"))
        c.oval(0, 0, 56, 54, c.radial(lighter(c.color, 45), c.color, darker(c.color, 28)))
        c.circle(12, 2, 15, s.accent, opacity=0.8)
        c.oval(-16, -26, 18, 10, "#fff", opacity=0.5)


def speaker(c: Canvas, s: PictureSpec) -> None:
    """Round, boxed, a can or a tower."""
    {"round": _pebble, "can": _can, "tower": _tower}.get(s.style, _box)(c, s)


def _pebble(c: Canvas, s: PictureSpec) -> None:
    c.shadow(400, 640, 250, 34)
    c.path("M160 440c0-150 110-210 240-210s240 60 240 210-110 200-240 200-240-50-240-200z",
           c.radial(lighter(c.color, 30), c.color, darker(c.color, 40)))  # fmt: skip
    _mesh(c, 210, 320, 380, 270, 190)
    c.oval(400, 290, 120, 34, darker(c.color, 24))
    for mark in (
        "M340 290h20",
        "M393 280l16 10-16 10z",
        "M440 290h20m-10-10v20",
    ):
        c.line(mark, "#fff", 5, opacity=0.85)
    c.line("M640 420q60 10 44 100", s.accent, 12)


def _mesh(c: Canvas, x: int, y: int, w: int, h: int, r: int) -> None:
    for row in range(h // 18):
        c.line(
            f"M{x + 20} {y + 10 + row * 18}h{w - 40}", darker(c.color, 45), 5,
            stroke_dasharray="0.1 13", stroke_dashoffset=row % 2 * 6, opacity=0.5,
        )  # fmt: skip


def _can(c: Canvas, s: PictureSpec) -> None:
    w = 230 + s.proportion * 2
    x = 400 - w // 2
    c.shadow(400, 672, 170, 30)
    c.path(f"M{x} 200h{w}v430q0 40-{w // 2} 40t-{w // 2}-40z", c.barrel())
    _mesh(c, x, 260, w, 330, 0)
    c.oval(400, 200, w // 2, 34, c.linear(lighter(c.color, 22), darker(c.color, 25)))
    c.oval(400, 200, w // 2 - 30, 22, darker(c.color, 46))
    c.oval(400, 198, 26, 9, s.accent)
    c.path(
        f"M{x} 600v30q0 40 {w // 2} 40t{w // 2}-40v-30q0 40-{w // 2} 40t-{w // 2}-40z",
        darker(c.color, 48),
    )
    c.line(f"M{x + w} 300q46 6 40 80", s.accent, 14)


def _box(c: Canvas, s: PictureSpec) -> None:
    wood = "#b98a5a"
    c.shadow(400, 646, 330, 30)
    c.rect(120, 270, 560, 366, c.linear(lighter(wood, 18), wood, darker(wood, 25)), 36)
    c.rect(146, 296, 508, 314, darker(c.color, 30), 22)
    c.rect(150, 298, 500, 308, c.body(), 20)
    for x in (274, 526):
        c.circle(x, 470, 104, darker(c.color, 34))
        c.circle(x, 470, 94, c.radial("#5d6067", "#2b2d33", "#15161a"))
        c.circle(x, 470, 40, c.radial("#8b8f97", "#3b3d44", "#1c1d21"))
        c.circle(x, 470, 74, "none", stroke="#000", stroke_width=3, opacity=0.4)
    c.circle(400, 350, 34, c.radial("#fff", "#d3d5d8", "#8a8e95"))
    c.line("M400 344v-22", s.accent, 6)
    c.line("M190 284h260", "#fff", 5, opacity=0.35)


def _tower(c: Canvas, s: PictureSpec) -> None:
    for x in (220, 440):
        c.shadow(x + 70, 690, 120, 20)
        c.rect(x - 14, 668, 168, 22, "#2b2d33", 8)
        c.rect(
            x,
            120,
            140,
            552,
            c.linear(lighter(c.color, 16), c.color, darker(c.color, 30), to=(1, 0)),
            14,
        )
        for y, r in ((200, 28), (300, 50), (430, 56), (566, 56)):
            c.circle(x + 70, y, r + 5, darker(c.color, 50))
            c.circle(x + 70, y, r, c.radial("#60636b", "#26282e", "#121318"))
            c.circle(x + 70, y, r * 0.4, c.radial("#9a9ea6", "#3d4047"))
        c.rect(x + 48, 644, 44, 6, s.accent, 3)
