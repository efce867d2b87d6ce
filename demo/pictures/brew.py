"""Draws mugs, coffee machines and blenders."""

from random import Random

from demo.pictures.canvas import Canvas, darker, lighter
from demo.pictures.spec import PictureSpec


def mug(c: Canvas, s: PictureSpec) -> None:
    """Glazed in different ways, or a travel mug."""
    if s.style == "travel":
        return _travel(c, s)
    w, h = 290 + s.proportion * 2, 310 + s.proportion
    x, top = 380 - w // 2, 640 - h
    side = f"M{x} {top}v{h - 60}q0 60 70 60h{w - 140}q70 0 70-60V{top}z"
    c.shadow(400, 640, 220, 30)
    grip = f"M{x + w - 10} {top + 70}c130-30 140 170-4 160"
    c.line(grip, darker(c.color, 22), 44)
    c.line(grip, lighter(c.color, 10), 26)
    c.path(side, c.barrel())
    with c.clipped(side):
        _glaze(c, s, x, top, w, h)
    c.rect(x + 34, top + 40, 26, h - 110, "#fff", 13, opacity=0.3)
    c.oval(380, top, w // 2, 36, lighter(c.color, 26))
    c.oval(380, top + 3, w // 2 - 13, 28, darker(c.color, 26))
    c.oval(380, top + 12, w // 2 - 26, 20, c.radial("#8a5a38", "#4a2c1a"))
    for dx in (-44, 20):
        c.line(f"M{380 + dx} {top - 36}q-26-34 0-66t0-70", "#fff", 12, opacity=0.4)
    return None


def _glaze(c: Canvas, s: PictureSpec, x: int, top: int, w: int, h: int) -> None:
    if s.style == "dip":
        c.path(
            f"M{x} {top + h * 58 // 100}q{w // 4} 46 {w // 2} 10t{w // 2} 0V{top + h + 9}H{x}z",
            "#f3e6d0",
            opacity=0.92,
        )
    elif s.style == "stripe":
        for y, hue in ((110, s.accent), (150, "#fbf4e6"), (190, s.accent)):
            c.path(f"M{x} {top + y}q{w // 2} 44 {w} 0v24q-{w // 2} 44-{w} 0z", hue, opacity=0.9)
    else:
        dice = Random(s.seed)
        for _ in range(46):
            c.circle(
                x + dice.randrange(w),
                top + 40 + dice.randrange(h - 40),
                dice.choice((3, 4, 6)),
                darker(c.color, 55),
                opacity=0.6,
            )


def _travel(c: Canvas, s: PictureSpec) -> None:
    c.shadow(400, 676, 150, 26)
    c.path("M290 240h220l-24 414q-2 22-26 22H340q-24 0-26-22z", c.barrel())
    c.path("M296 360h208l-8 130H304z", darker(c.color, 45))
    for y in range(376, 490, 22):
        c.line(f"M308 {y}h184", lighter(c.color, 8), 3, opacity=0.4)
    c.path("M280 244q0-44 30-48h180q30 4 30 48z", c.linear("#5c5f67", "#25272c"))
    c.rect(360, 160, 92, 44, c.body(s.accent), 14)
    c.path("M316 260h22l-8 390h-12z", "#fff", opacity=0.35)


def coffee(c: Canvas, s: PictureSpec) -> None:
    """An espresso machine with a cup, or a filter maker with its pot."""
    if s.style == "filter":
        return _filter(c, s)
    w = 400 + s.proportion * 4
    x = 400 - w // 2
    c.shadow(400, 664, 270, 28)
    c.rect(x, 170, w, 180, c.body(), 30)
    c.rect(x + 24, 340, w - 48, 240, c.linear(darker(c.color, 52), darker(c.color, 34)))
    c.rect(x - 12, 570, w + 24, 92, c.body(), 22)
    c.line(f"M{x + 12} 584h{w - 24}", "#2a2c31", 12, stroke_dasharray="22 14")
    c.rect(x + 30, 140, w - 60, 34, "#3a3c42", 10)
    c.circle(x + 84, 258, 44, "#f6f4ee", stroke="#9a9fa6", stroke_width=9)
    c.line(f"M{x + 84} 258l20-22", s.accent, 6)
    for step in range(3):
        c.circle(x + w - 150 + step * 54, 258, 17, c.radial("#fff", "#cfd2d6", "#868b92"))
    c.rect(346, 350, 108, 44, c.linear("#f2f3f4", "#8d9299", "#dfe1e4", to=(1, 0)), 10)
    c.rect(440, 366, 150, 26, "#2a2c31", 13)
    c.line("M384 394v26M416 394v26", "#c6cacf", 12)
    c.line("M386 424v60M414 424v60", "#5a3520", 6)
    c.path("M340 480h120q0 88-60 88t-60-88z", c.barrel("#f4efe6"))
    c.line("M458 496q42-4 32 34-8 20-44 14", "#e2dacb", 11)
    c.line(f"M{x + w - 44} 350c0 60 24 90 14 150", "#d3d6da", 12)
    c.line(f"M{x + 36} 192h{w // 2}", "#fff", 9, opacity=0.4)
    return None


def _filter(c: Canvas, s: PictureSpec) -> None:
    c.shadow(410, 668, 240, 28)
    c.rect(440, 170, 150, 480, c.body(darker(c.color, 8)), 26)
    c.path("M220 170h370v130H284q-64 0-64-60z", c.body())
    c.path("M262 300h170l-30 60H292z", darker(c.color, 45))
    c.rect(200, 620, 400, 46, c.body(darker(c.color, 14)), 20)
    c.path(
        "M256 400h184q34 90 20 180-4 36-40 36H276q-36 0-40-36-14-90 20-180z",
        "#dfe9ec",
        opacity=0.75,
    )
    c.path(
        "M240 480h216q10 50 4 100-4 36-40 36H276q-36 0-40-36-6-50 4-100z",
        c.linear("#6b4229", "#3b2214"),
    )
    c.rect(250, 376, 196, 30, "#2c2e34", 10)
    c.line("M452 424c70-10 70 130 6 140", "#2c2e34", 20)
    c.path("M268 424q-22 70-8 150h16q-12-80 10-150z", "#fff", opacity=0.5)
    c.circle(515, 560, 16, s.accent)
    c.line("M246 192h230", "#fff", 8, opacity=0.4)


FRUIT = ("#e2735f", "#e9b44c", "#8fa654", "#b0487a")


def blender(c: Canvas, s: PictureSpec) -> None:
    """A jug on a motor, or a cup to drink from, with fruit inside."""
    cup = s.style == "cup"
    w = 92 if cup else 128 + s.proportion
    top = 230 if cup else 160
    jug = f"M{400 - w} {top}h{2 * w}l-26 {478 - top}H{426 - w}z"
    c.shadow(400, 672, 190, 28)
    if not cup:
        c.line(f"M{400 + w - 12} 220c90 0 90 190-10 200", "#d5dde0", 24)
    c.path(jug, c.linear("#f4f8f9", "#d7e2e5", "#eef4f5", to=(1, 0)), opacity=0.9)
    with c.clipped(jug):
        c.rect(250, top + 110, 300, 300, c.linear(lighter(s.accent, 25), s.accent))
        dice = Random(s.seed)
        for place in range(9):
            c.circle(
                320 + dice.randrange(160), top + 112 + dice.randrange(60), 26, FRUIT[place % 4]
            )
        c.rect(
            250,
            top + 176,
            300,
            200,
            c.linear(lighter(s.accent, 12), darker(s.accent, 18)),
            opacity=0.9,
        )
    c.path(f"M{424 - w} {top + 20}h24l-14 {430 - top}h-4z", "#fff", opacity=0.6)
    c.rect(394 - w, top - 34, 2 * w + 12, 42, c.body(), 16)
    c.rect(366, top - 56, 68, 28, darker(c.color, 30), 10)
    c.path("M320 478h160l38 166q4 26-24 26H306q-28 0-24-26z", c.barrel())
    c.circle(400, 590, 40, c.radial("#fff", "#d5d7da", "#8b9097"))
    c.line("M400 582v-22", s.accent, 7)
    c.path("M330 500h22l-26 150h-20z", "#fff", opacity=0.3)
