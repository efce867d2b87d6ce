"""Draws desks, shelves, rugs and plants."""

from random import Random

from demo.pictures.canvas import Canvas, darker, lighter, mix
from demo.pictures.parts import cloth_shadow, leg, rounded
from demo.pictures.spec import PictureSpec


def desk(c: Canvas, s: PictureSpec) -> None:
    """A writing desk with drawers, or one that rises; a few things on top."""
    c.shadow(400, 676, 340, 26)
    if s.style == "rise":
        for x in (190, 570):
            c.rect(x, 380, 40, 270, c.barrel("#9a9fa6"), 6)
            c.rect(x - 50, 646, 140, 24, c.body("#6d7279"), 12)
        c.rect(560, 398, 76, 22, "#2c2e34", 8)
    else:
        for x, lean in ((134, -16), (640, 16)):
            leg(c, x, 380, 672, lean, c.color, 28)
        c.rect(150, 376, 500, 76, c.body(darker(c.color, 10)), 6)
        for x in (164, 412):
            c.rect(x, 388, 224, 54, c.body(lighter(c.color, 8)), 6)
            c.rect(x + 92, 410, 40, 9, "#b08a4d", 4)
    c.rect(96, 346, 608, 34, c.linear(lighter(c.color, 26), c.color, darker(c.color, 18)), 10)
    c.line("M120 356h420", "#fff", 3, opacity=0.35)
    _on_top(c, s)


def _on_top(c: Canvas, s: PictureSpec) -> None:
    c.rect(150, 322, 130, 24, s.accent, 4)
    c.rect(160, 300, 116, 22, lighter(s.accent, 45), 4)
    c.path("M560 262h64l-8 84h-48z", c.barrel("#e9e1d3"))
    for turn in (-34, -8, 18, 40):
        c.path("M592 266q-26-70 0-120 26 50 0 120z", "#6f9170", transform=f"rotate({turn} 592 266)")
    c.rect(340, 336, 160, 10, "#b4b9bf", 4)
    c.path("M352 336l14-120h136l-14 120z", c.linear("#d5d8dc", "#9a9fa6"))


SPINES = ("#b4573a", "#3f7f93", "#d9a441", "#8fa68a", "#7c2f45", "#27344f", "#efe3cd", "#ab9cc9")


def shelf(c: Canvas, s: PictureSpec) -> None:
    """Books and small things in an open frame, or on a ladder."""
    dice = Random(s.seed)
    ladder = s.style == "ladder"
    w = 300 if ladder else 420 + s.proportion * 4
    x = 400 - w // 2
    c.shadow(400, 700, w // 2 + 50, 22)
    if not ladder:
        c.rect(x, 120, w, 576, darker(c.color, 42), 6)
        c.rect(x + 16, 136, w - 32, 544, c.linear(darker(c.color, 26), darker(c.color, 14)), 2)
    rows = 4
    for row in range(rows):
        spread = row * 22 if ladder else 0
        board = 252 + row * 142
        _books(c, dice, x + 26 - spread, board, w - 52 + 2 * spread, row)
        c.rect(
            x - spread,
            board,
            w + 2 * spread,
            17,
            c.linear(lighter(c.color, 22), darker(c.color, 16)),
            3,
        )
    if ladder:
        for side in (-1, 1):
            c.line(
                f"M{400 + side * (w // 2 - 24)} 96L{400 + side * (w // 2 + 76)} 700", c.color, 17
            )
    else:
        for left in (x, x + w - 17):
            c.rect(
                left,
                114,
                17,
                586,
                c.linear(lighter(c.color, 14), darker(c.color, 12), to=(1, 0)),
                3,
            )
        c.rect(x, 112, w, 17, lighter(c.color, 22), 3)


def _books(c: Canvas, dice: Random, x: int, board: int, width: int, row: int) -> None:
    end = x + width * dice.randint(45, 62) // 100
    left = x
    while left < end:
        thick, tall = dice.randint(15, 27), dice.randint(72, 100)
        hue = dice.choice(SPINES)
        c.rect(
            left,
            board - tall,
            thick,
            tall,
            c.linear(lighter(hue, 14), darker(hue, 16), to=(1, 0)),
            2,
        )
        left += thick + 1
    spot = (left + x + width) // 2
    if row % 2:
        c.path(f"M{spot - 26} {board - 46}h52l-7 46h-38z", c.barrel("#c4704f"))
        for turn in (-30, 0, 30):
            c.path(
                f"M{spot} {board - 44}q-15-32 0-56 15 24 0 56z",
                "#5f8464",
                transform=f"rotate({turn} {spot} {board - 44})",
            )
    else:
        c.path(f"M{spot - 22} {board}q-24-40 10-62v-16h24v16q34 22 10 62z", c.barrel("#e7ddcc"))


def rug(c: Canvas, s: PictureSpec) -> None:
    """Lying flat, seen from above, with fringes."""
    box = (190, 120, 420, 560)
    cloth_shadow(c, rounded(box, 6))
    for y in (110, 690):
        c.line(
            f"M196 {y}h410", lighter(c.color, 60), 16, stroke_dasharray="2 9", stroke_linecap="butt"
        )
    c.rect(*box, c.body(c.color, 10), 6)
    cream, deep = "#f3e9d8", darker(c.color, 35)
    with c.clipped(rounded(box, 6)):
        {"stripe": _bands, "arc": _arcs}.get(s.style, _diamonds)(c, s, cream, deep)
    for step in range(28):
        c.line(f"M190 {130 + step * 20}h420", "#000", 1, opacity=0.06)


def _bands(c: Canvas, s: PictureSpec, cream: str, deep: str) -> None:
    y = 120
    for step, tall in enumerate((60, 18, 90, 34, 14, 96, 26, 60, 18, 90, 54)):
        c.rect(190, y, 420, tall, (cream, s.accent, c.color, deep, cream)[step % 5])
        y += tall


def _arcs(c: Canvas, s: PictureSpec, cream: str, deep: str) -> None:
    c.rect(190, 120, 420, 560, cream)
    for x, y in ((190, 680), (610, 120)):
        for step, hue in enumerate((deep, cream, c.color, cream, s.accent, cream, deep)):
            c.circle(x, y, 330 - step * 44, hue)


def _diamonds(c: Canvas, s: PictureSpec, cream: str, deep: str) -> None:
    c.rect(216, 146, 368, 508, "none", stroke=cream, stroke_width=10)
    for y in (260, 400, 540):
        for size, hue in ((92, cream), (70, deep), (46, s.accent), (22, cream)):
            c.path(
                f"M400 {y - size * 3 // 4}l{size * 3 // 2} {size * 3 // 4}-{size * 3 // 2} {size * 3 // 4}-{size * 3 // 2}-{size * 3 // 4}z",
                hue,
            )
    for side in (244, 556):
        for y in (190, 330, 470, 610):
            c.path(f"M{side} {y - 22}l18 22-18 22-18-22z", cream)


def plant(c: Canvas, s: PictureSpec) -> None:
    """Leaves of four families over the same pot."""
    c.shadow(400, 684, 150, 24)
    {"snake": _snake, "rubber": _rubber, "cactus": _cactus}.get(s.style, _monstera)(
        c, Random(s.seed)
    )
    w = 116 + s.proportion
    c.path(f"M{400 - w} 500h{2 * w}l-26 160q-4 22-28 22H{454 - w}q-24 0-28-22z", c.barrel())
    c.rect(388 - w, 484, 2 * w + 24, 44, c.barrel(lighter(c.color, 8)), 10)
    c.path(f"M{422 - w} 540h18l16 120h-10z", "#fff", opacity=0.28)


def _monstera(c: Canvas, dice: Random) -> None:
    for turn, size in ((-64, 86), (58, 90), (-34, 112), (32, 116), (-4, 130)):
        hue = mix("#4f7d58", "#86a86f", dice.randrange(80))
        with c.moved(
            f"rotate({turn} 400 500) translate(400 {500 - size * 2}) scale({size / 100:.2f})"
        ):
            c.line("M0 60V210", "#4b6f4c", 8)
            c.path(
                "M0-90C70-80 104-10 80 50l-34-14 24 34C50 92 20 96 0 76-20 96-50 92-70 70l24-34-34 14C-104-10-70-80 0-90z",
                c.linear(lighter(hue, 16), darker(hue, 18), to=(1, 1)),
            )
            c.line(
                "M0-84V76M0-30l46-14M0-30l-46-14M0 16l52 2M0 16l-52 2",
                darker(hue, 30),
                3,
                opacity=0.6,
            )


def _snake(c: Canvas, dice: Random) -> None:
    for dx, tall, lean in (
        (-60, 250, -40),
        (60, 240, 44),
        (-26, 320, -16),
        (34, 340, 12),
        (4, 380, -4),
    ):
        x = 400 + dx
        d = f"M{x - 22} 500Q{x - 30 + lean} {500 - tall // 2} {x + lean} {500 - tall}Q{x + 34 + lean} {500 - tall // 2} {x + 22} 500z"
        c.path(d, "#c9c07a")
        c.path(
            d,
            c.linear("#6f9a74", "#3f6a4c"),
            transform=f"translate({x} 500) scale(.74 .985) translate({-x} -500)",
        )


def _rubber(c: Canvas, dice: Random) -> None:
    c.line("M400 500V190", "#6d5138", 12)
    for step in range(9):
        side = -1 if step % 2 else 1
        y = 470 - step * 32
        turn = side * (62 - step * 5)
        hue = mix("#2f5a43", "#5d8a5c", dice.randrange(90))
        with c.moved(f"translate(400 {y}) rotate({turn})"):
            c.path(
                "M0 0C-52-40-46-120 0-170 46-120 52-40 0 0z",
                c.linear(lighter(hue, 26), darker(hue, 10), to=(1, 0)),
            )
            c.line("M0-6V-160", lighter(hue, 35), 3, opacity=0.7)


def _cactus(c: Canvas, dice: Random) -> None:
    c.oval(400, 420, 112, 120, c.radial("#9fc08c", "#6b9a68", "#41704d"))
    for step in (-2, -1, 0, 1, 2):
        c.line(f"M400 302Q{400 + step * 74} 420 400 534", "#3d6a49", 4, opacity=0.5)
        for y in (360, 410, 460):
            c.circle(400 + step * 36, y, 4, "#f6efd8")
    for turn in (-50, 0, 50):
        c.oval(400, 286, 13, 28, "#e58a97", transform=f"rotate({turn} 400 308)")
