"""Draws laptops, screens, keyboards and mice."""

from random import Random

from demo.pictures.canvas import Canvas, darker, ink, lighter, mix
from demo.pictures.parts import landscape
from demo.pictures.spec import PictureSpec


def laptop(c: Canvas, s: PictureSpec) -> None:
    """Open, seen from the front and a little above."""
    w = 520 + s.proportion * 2
    x = 400 - w // 2
    c.shadow(400, 648, 380, 30)
    c.rect(x, 178, w, 350, darker(c.color, 25), 22)
    c.rect(x + 5, 182, w - 10, 346, "#111218", 18)
    landscape(c, (x + 20, 198, w - 40, 308), 6, s.accent, s.seed)
    _windows(c, s, x + 20)
    c.path(f"M{x + w - 250} 198h140L{x + 260} 506h-140z", "#fff", opacity=0.08)
    deck = c.linear(lighter(c.color, 30), c.color, darker(c.color, 8))
    c.path(f"M{x} 528h{w}l74 90q4 8-8 8H{x - 66}q-12 0-8-8z", deck)
    keys = darker(c.color, 62)
    glow = s.accent if s.style == "glow" else darker(c.color, 72)
    for row in range(4):
        left, width = x + 20 - row * 14, w - 40 + row * 28
        c.path(f"M{left} {538 + row * 13}h{width}l6 9h{-width - 12}z", keys)
        c.line(f"M{left + 6} {542 + row * 13}h{width - 12}", glow, 2, stroke_dasharray="3 28")
    c.path("M330 594h140l8 24H322z", mix(c.color, "#ffffff", 18), opacity=0.7)
    c.path(f"M{x - 74} 622h{w + 148}v8q0 14-18 14H{x - 56}q-18 0-18-14z", darker(c.color, 34))
    c.path("M350 622h100q-4 9-14 9h-72q-10 0-14-9z", darker(c.color, 48))


def _windows(c: Canvas, s: PictureSpec, x: int) -> None:
    c.rect(x + 40, 240, 230, 180, "#fffdf8", 10, opacity=0.95)
    c.rect(x + 40, 240, 230, 24, mix(s.accent, "#ffffff", 35), 10)
    for row in range(5):
        length = 90 + (s.seed >> row) % 100
        c.rect(x + 58, 284 + row * 24, length, 9, "#b9bcc4", 4)
    c.rect(x + 300, 280, 130, 150, "#21232c", 10, opacity=0.88)
    c.line(f"M{x + 316} 400l26-44 26 22 26-58 20 20", s.accent, 6)


def monitor(c: Canvas, s: PictureSpec) -> None:
    """A screen on its stand, plain or wide."""
    w, h = (680, 300) if s.style == "wide" else (576 + s.proportion * 2, 344)
    x, y = 400 - w // 2, 500 - h
    c.shadow(400, 664, 210, 26)
    c.path("M366 480h68l10 150h-88z", c.barrel())
    c.path("M276 640q0-22 60-26h128q60 4 60 26v10q0 8-10 8H286q-10 0-10-8z", c.body())
    c.rect(x, y, w, h, darker(c.color, 30), 18)
    c.rect(x + 5, y + 4, w - 10, h - 12, "#101117", 15)
    landscape(c, (x + 14, y + 14, w - 28, h - 42), 5, s.accent, s.seed)
    c.rect(x + 50, y + 54, 150, h - 130, "#fffdf8", 8, opacity=0.94)
    for row in range(6):
        c.rect(x + 66, y + 76 + row * 20, 60 + (s.seed >> row) % 54, 7, "#c0c3cb", 3)
    c.rect(x + w - 190, y + 60, 140, 96, "#1d1f28", 8, opacity=0.85)
    c.line(f"M{x + w - 176} {y + 134}l30-30 24 16 30-46 24 22", s.accent, 6)
    c.circle(400, y + h - 13, 5, lighter(c.color, 40))
    c.path(f"M{x + w - 300} {y + 14}h170L{x + 290} {y + h - 28}h-170z", "#fff", opacity=0.07)


LAYOUTS = {"compact": (14, 5), "dial": (15, 6), "full": (19, 6)}  # keys across, rows


def keyboard(c: Canvas, s: PictureSpec) -> None:
    """Caps in rows on a slightly tilted plate."""
    across, rows = LAYOUTS.get(s.style, (15, 5))
    pitch = 660 // across
    width, height = across * pitch + 28, rows * pitch + 28
    x, y = 400 - width // 2, 420 - height // 2
    dice = Random(s.seed)
    c.shadow(400, y + height + 26, width // 2, 30)
    with c.moved("rotate(-7 400 420)"):
        c.rect(x, y + 12, width, height, darker(c.color, 45), 22)
        c.rect(x, y, width, height, c.body(darker(c.color, 10)), 22)
        caps = [_row(dice, x + 14, across, pitch, row == rows - 1) for row in range(rows)]
        _keys(c, s, caps, y + 14, pitch)
        if s.style == "dial":
            c.circle(x + width - 34, y + 34, 20, c.radial("#ffffff", "#c2c5ca", "#777b82"))


Cap = tuple[int, int, bool]  # left edge, width, at the end of its row


def _row(dice: Random, x: int, across: int, pitch: int, last: bool) -> list[Cap]:
    """Keys of one row, now and then a wide one; the last row has its space bar."""
    caps: list[Cap] = []
    place = 0
    while place < across:
        span = 6 if last and place == 3 else dice.choice((1, 1, 1, 1, 1, 2))
        span = min(span, across - place)
        edge = place == 0 or place + span == across
        caps.append((x + place * pitch, span * pitch - 5, edge))
        place += span
    return caps


def _keys(c: Canvas, s: PictureSpec, rows: list[list[Cap]], y: int, pitch: int) -> None:
    """All caps of a color in one path, which keeps a hundred keys small."""
    for edge, hue in ((False, c.color), (True, s.accent)):
        for inset, lift, fill in ((4, 0, darker(hue, 24)), (8, 3, lighter(hue, 20))):
            d = "".join(
                f"M{left + inset} {y + row * pitch + inset - lift}h{wide - 2 * inset}"
                f"v{pitch - 5 - 2 * inset}h{2 * inset - wide}z"
                for row, caps in enumerate(rows)
                for left, wide, ends in caps
                if ends is edge
            )
            c.path(d, fill, stroke=fill, stroke_width=7, stroke_linejoin="round")


def mouse(c: Canvas, s: PictureSpec) -> None:
    """From above, turned, with wheel and buttons."""
    c.shadow(420, 600, 190, 74)
    with c.moved("rotate(24 400 400)"):
        if s.style == "ergo":
            shell = "M400 170c96 0 130 74 134 196 4 148-22 264-128 264-124 0-176-90-160-200 8-60 24-90 22-124 8-86 52-136 132-136z"
        else:
            shell = "M400 180c100 0 142 90 142 220S500 620 400 620 258 530 258 400 300 180 400 180z"
        c.path(shell, darker(c.color, 40), transform="translate(0 10)")
        c.path(shell, c.radial(lighter(c.color, 40), c.color, darker(c.color, 30)))
        c.line("M400 172v190M268 360q132 36 264 0", darker(c.color, 34), 4)
        c.rect(384, 226, 32, 92, darker(c.color, 60), 16)
        c.rect(390, 236, 20, 72, c.linear(s.accent, darker(s.accent, 35), s.accent), 10)
        c.path(
            "M300 300c10-60 34-92 70-98-30 40-44 110-44 180-14-20-30-50-26-82z",
            "#fff",
            opacity=0.22,
        )
        c.circle(400, 520, 14, ink(c.color), opacity=0.3)
