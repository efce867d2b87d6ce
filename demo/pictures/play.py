"""Draws toy blocks, robots, puzzles and books."""

from random import Random

from demo.pictures.canvas import Canvas, darker, ink, lighter, mix
from demo.pictures.parts import Box, cloth_shadow, landscape, rounded
from demo.pictures.spec import PictureSpec

WOOD = "#dcb482"


def blocks(c: Canvas, s: PictureSpec) -> None:
    """A tower or a small castle of stained wood."""
    c.shadow(400, 668, 290, 28)
    hues = (c.color, s.accent, WOOD, lighter(c.color, 40), "#8fa68a", "#d9a441")
    if s.style == "castle":
        for x in (150, 530):
            _cube(c, (x, 420, 120, 240), hues[0])
            c.path(f"M{x - 12} 420l72-110 72 110z", c.body(hues[1]))
        c.path("M270 660V480h260v180h-70v-40q0-60-60-60t-60 60v40z", c.body(WOOD))
        for x in (270, 370, 470):
            _cube(c, (x, 430, 60, 50), hues[3])
        _cube(c, (340, 330, 120, 100), hues[4])
        c.path("M326 330l74-90 74 90z", c.body(hues[5]))
        return
    for place, box in enumerate(
        (
            (180, 540, 130, 120),
            (330, 540, 130, 120),
            (480, 540, 150, 120),
            (240, 420, 250, 120),
            (270, 300, 110, 120),
            (392, 300, 90, 120),
        )
    ):
        _cube(c, box, hues[place])
    c.path("M264 300l110-110 108 110z", c.body(hues[1]))
    c.circle(590, 492, 48, c.radial(lighter(hues[5], 40), hues[5], darker(hues[5], 25)))


def _cube(c: Canvas, box: Box, hue: str) -> None:
    x, y, w, h = box
    c.rect(x, y, w, h, c.body(hue, 16), 9)
    for step in (1, 2):
        c.line(
            f"M{x + 10} {y + h * step // 3}q{w // 2} 8 {w - 20} 0", darker(hue, 20), 2, opacity=0.35
        )
    c.rect(x + 6, y + 5, w - 12, 7, "#fff", 3, opacity=0.3)


def robot(c: Canvas, s: PictureSpec) -> None:
    """A round or a square friend."""
    r = 100 if s.style == "round" else 26
    c.shadow(400, 680, 190, 26)
    c.line("M400 190v-56", "#8f949b", 9)
    c.circle(400, 122, 20, c.radial(lighter(s.accent, 40), s.accent))
    for x in (330, 430):
        c.rect(x, 580, 46, 74, c.barrel("#6d7279"), 10)
        c.rect(x - 16, 640, 74, 36, c.body(darker(c.color, 20)), 16)
    for side in (-1, 1):
        c.line(f"M{400 + side * 140} 450q{side * 66} 20 {side * 56} 100", "#8f949b", 22)
        c.circle(400 + side * 196, 560, 28, c.body(s.accent))
    c.rect(262, 380, 276, 216, c.body(), min(r, 64))
    c.rect(308, 430, 184, 110, darker(c.color, 34), 20)
    c.line("M328 500l30-36 24 22 34-46 22 30h34", s.accent, 8)
    c.rect(236, 184, 328, 204, c.body(lighter(c.color, 10)), r)
    c.rect(268, 222, 264, 130, c.linear("#2c2f38", "#14151a"), min(r, 60))
    for x in (340, 460):
        c.circle(x, 282, 28, c.radial("#d6fbff", "#6fd3e4", "#2a8ea6"))
        c.circle(x - 8, 272, 8, "#fff")
    c.line("M372 326q28 16 56 0", "#6fd3e4", 7)
    c.path("M262 240q8-36 60-42h80q-90 14-120 60z", "#fff", opacity=0.35)


def puzzle(c: Canvas, s: PictureSpec) -> None:
    """A nearly finished picture with three pieces waiting."""
    box = (130, 150, 470, 470)
    cloth_shadow(c, rounded(box, 8))
    landscape(c, box, 8, mix(c.color, s.accent, 30), s.seed)
    cuts = ""
    for step in range(1, 5):
        cuts += f"M{130 + step * 94} 150" + "".join(
            f"v28q{16 * (-1) ** (row + step)} 19 0 38v28" for row in range(5)
        )
        cuts += f"M130 {150 + step * 94}" + "".join(
            f"h28q19 {16 * (-1) ** (row + step)} 38 0h28" for row in range(5)
        )
    c.line(cuts, "#2a2420", 3, opacity=0.5)
    c.path("M506 526h94v94h-94q-20-24 0-47z", "#efe8db")
    for x, y, turn, hue in (
        (640, 600, 18, c.color),
        (560, 690, -14, s.accent),
        (680, 450, 40, darker(c.color, 25)),
    ):
        with c.moved(f"translate({x} {y}) rotate({turn})"):
            piece = "M-47-47h32q-10-26 15-26t15 26h32v32q26-10 26 15t-26 15v32h-32q10-26-15-26t-15 26h-32z"
            c.path(piece, "#2a2420", opacity=0.2, transform="translate(5 8)")
            c.path(piece, c.body(hue))


def book(c: Canvas, s: PictureSpec) -> None:
    """Standing, turned a little, with a cover of its own."""
    w = 360 + s.proportion * 2
    x, y, h = 400 - w // 2, 140, 530
    c.shadow(420, 682, 250, 26)
    c.path(f"M{x + w} {y + 6}l46 26v{h - 40}l-46 22z", c.linear("#fffdf6", "#d8cfbf", to=(1, 0)))
    for step in range(1, 6):
        c.line(f"M{x + w + step * 8} {y + 10 + step * 5}v{h - 14 - step * 6}", "#b9ae9b", 1)
    c.rect(x, y, w, h, c.body(c.color, 8), 6)
    cover = (x + 44, y + 190, w - 84, 280)
    {"hills": _cover_hills, "grid": _cover_grid, "arcs": _cover_arcs}.get(s.style, _cover_sun)(
        c, s, cover
    )
    dice = Random(s.seed)
    mark = ink(c.color)
    for row in range(2):
        c.rect(x + 44, y + 54 + row * 48, (w - 84) * dice.randint(55, 95) // 100, 28, mark, 5)
    c.rect(x + 44, y + 156, 110, 10, mark, 5, opacity=0.7)
    c.rect(x + 44, y + h - 38, 70, 10, mark, 5, opacity=0.7)
    c.rect(x, y, 22, h, "#000", opacity=0.16)
    c.rect(x + 24, y, 5, h, "#fff", opacity=0.2)


def _cover_hills(c: Canvas, s: PictureSpec, box: Box) -> None:
    landscape(c, box, 6, s.accent, s.seed)


def _cover_sun(c: Canvas, s: PictureSpec, box: Box) -> None:
    x, y, w, h = box
    c.circle(x + w // 2, y + h // 2, 112, s.accent)
    c.path(
        f"M{x} {y + h * 2 // 3}q{w // 4}-50 {w // 2} 0t{w // 2} 0v{h // 3}H{x}z",
        darker(c.color, 30),
    )
    c.path(
        f"M{x} {y + h * 5 // 6}q{w // 4}-40 {w // 2} 0t{w // 2} 0v{h // 6}H{x}z",
        lighter(c.color, 35),
    )


def _cover_grid(c: Canvas, s: PictureSpec, box: Box) -> None:
    x, y, w, h = box
    dice = Random(s.seed)
    for row in range(4):
        for column in range(4):
            hue = dice.choice(
                (s.accent, lighter(c.color, 40), darker(c.color, 35), lighter(s.accent, 50))
            )
            left, top, size = x + column * w // 4, y + row * h // 4, h // 4 - 6
            turn = dice.randrange(4)
            arc = f"M0 0h{size}v{size}A{size} {size} 0 0 1 0 0z"
            c.path(
                arc,
                hue,
                transform=f"translate({left} {top}) rotate({turn * 90} {size // 2} {size // 2})",
            )


def _cover_arcs(c: Canvas, s: PictureSpec, box: Box) -> None:
    x, y, w, h = box
    for step, hue in enumerate(
        (s.accent, lighter(c.color, 50), darker(c.color, 30), lighter(s.accent, 40))
    ):
        r = 130 - step * 30
        c.path(f"M{x + w // 2 - r} {y + h}v-{h - 150}a{r} {r} 0 0 1 {2 * r} 0v{h - 150}z", hue)
