"""Draws cameras, lenses and drones."""

from demo.pictures.canvas import Canvas, darker, lighter
from demo.pictures.parts import landscape
from demo.pictures.spec import PictureSpec


def camera(c: Canvas, s: PictureSpec) -> None:
    """A mirrorless body, a compact or an instant camera, from the front."""
    if s.style == "instant":
        return _instant(c, s)
    top = lighter(c.color, 8) if s.style == "compact" else "#cfd2d6"
    c.shadow(400, 640, 320, 30)
    if s.style == "mirrorless":
        c.path(
            "M318 270l22-70q4-12 18-12h84q14 0 18 12l22 70z",
            c.linear(lighter(top, 20), darker(top, 24)),
        )
    c.rect(130, 262, 540, 370, c.linear(lighter(top, 20), top, darker(top, 20)), 34)
    c.rect(130, 330, 540, 250, c.body(c.color, 10), 0)
    for row in range(9):
        c.line(
            f"M140 {344 + row * 28}h520",
            darker(c.color, 30),
            3,
            stroke_dasharray="2 11",
            opacity=0.5,
        )
    for x, w in ((190, 74), (566, 58)):
        c.rect(x, 236, w, 32, c.linear("#f1f2f3", "#8d9198", "#d9dbde", to=(1, 0)), 8)
    c.circle(520, 250, 15, s.accent)
    c.rect(164, 284, 60, 26, "#22242a", 8)
    _big_lens(c, 400, 450, 160 + s.proportion)
    c.rect(596, 352, 44, 150, darker(c.color, 24), 20, opacity=0.6)
    return None


def _big_lens(c: Canvas, x: int, y: int, r: int) -> None:
    c.circle(x + 4, y + 10, r + 6, "#000", opacity=0.25)
    c.circle(x, y, r, c.linear("#6b6e76", "#24262c", "#0f1014", to=(1, 1)))
    c.circle(
        x, y, r - 10, "none", stroke="#8d9098", stroke_width=10, stroke_dasharray="4 5", opacity=0.6
    )
    c.circle(x, y, r - 28, "#16171c")
    c.circle(x, y, r - 40, c.linear("#33353d", "#0b0c10"))
    c.circle(x, y, r - 58, c.radial("#7d9ee6", "#3c3a86", "#171433", "#08080d"))
    c.circle(x, y, r - 106, c.radial("#b48ad0", "#2a2350", "#0b0a14"), opacity=0.8)
    c.path(f"M{x - 62} {y - 22}q14-52 62-56-30 20-40 60z", "#fff", opacity=0.65)
    c.oval(
        x + 36, y + 44, 16, 10, "#8fd0e8", opacity=0.4, transform=f"rotate(-40 {x + 36} {y + 44})"
    )


def _instant(c: Canvas, s: PictureSpec) -> None:
    c.shadow(400, 660, 270, 30)
    c.rect(300, 560, 200, 130, "#fbfaf6", 6)
    landscape(c, (314, 566, 172, 96), 2, s.accent, s.seed)
    c.path("M170 250q6-60 70-62h320q64 2 70 62l16 330q0 40-44 40H198q-44 0-44-40z", c.body())
    c.path("M158 500h484l4 80q0 40-44 40H198q-44 0-44-40z", darker(c.color, 30))
    c.rect(230, 588, 340, 14, darker(c.color, 70), 7)
    _big_lens(c, 400, 390, 126)
    c.rect(210, 222, 96, 58, "#fdfbf4", 14)
    c.rect(496, 222, 76, 58, "#1d1f25", 14)
    c.circle(224, 440, 28, c.radial("#ff9a86", "#d8523d"))
    for place, hue in enumerate(("#e2735f", "#e9b44c", "#6fae8d", "#4e88b5")):
        c.rect(158 + place, 520 + place * 12, 484 - place * 2, 12, hue, opacity=0.9)


def lens(c: Canvas, s: PictureSpec) -> None:
    """Standing on its mount, glass toward the upper left; long or short."""
    tall = 420 if s.style == "long" else 320 + s.proportion * 2
    w = 260
    top = 640 - tall
    left = 400 - w // 2
    c.shadow(400, 650, 210, 36)
    c.path(
        f"M{left + 16} 600h{w - 32}v36q-{w // 2 - 16} 34-{w - 32} 0z",
        c.linear("#f3f4f5", "#8f949b", "#e1e3e6", to=(1, 0)),
    )
    c.path(f"M{left} {top}h{w}v{tall - 40}q-{w // 2} 40-{w} 0z", c.barrel(darker(c.color, 10)))
    for y, h in ((top + 60, 70), (top + tall - 160, 44)):
        c.path(f"M{left} {y}q{w // 2} 40 {w} 0v{h}q-{w // 2} 40-{w} 0z", darker(c.color, 48))
        for step in range(13):
            x = left + 16 + step * 19
            dip = 20 - abs(step - 6) ** 2 // 2
            c.line(f"M{x} {y + dip + 6}v{h - 10}", lighter(c.color, 16), 3, opacity=0.35)
    c.path(f"M{left} {top + 146}q{w // 2} 40 {w} 0v9q-{w // 2} 40-{w} 0z", s.accent)
    c.oval(400, top, w // 2, 44, darker(c.color, 30))
    c.oval(400, top, w // 2 - 12, 37, "#15161b")
    c.oval(400, top + 4, w // 2 - 34, 27, c.radial("#86a4e8", "#403c8e", "#141230"))
    c.path(f"M{left + 46} {top + 2}q20-24 74-26-36 12-50 34z", "#fff", opacity=0.55)


def drone(c: Canvas, s: PictureSpec) -> None:
    """Hovering, with its shadow well below."""
    c.shadow(400, 680, 230, 26, 0.26)
    for side in (-1, 1):
        for dy, reach, dip in ((340, 224, -60), (420, 262, 40)):
            x, y = 400 + side * reach, dy + dip
            c.line(f"M{400 + side * 70} {dy}L{x} {y}", darker(c.color, 30), 28)
            c.line(f"M{400 + side * 70} {dy - 4}L{x} {y - 4}", lighter(c.color, 12), 16)
            c.rect(x - 19, y - 34, 38, 58, c.barrel(darker(c.color, 30)), 12)
            c.oval(x, y - 40, 122, 15, "#3a3d44", opacity=0.16)
            c.line(f"M{x - 118} {y - 36}q59-18 118-4 59 14 118-4", "#3a3d44", 7, opacity=0.75)
            c.circle(x, y - 40, 9, s.accent)
    c.path("M300 350q0-70 100-70t100 70v60q0 60-100 60t-100-60z", c.body())
    c.path("M322 330q10-40 78-40 30 0 48 8-70 0-126 32z", "#fff", opacity=0.35)
    c.rect(352, 388, 96, 12, darker(c.color, 45), 6)
    c.rect(346, 452, 108, 86, c.linear("#4d5058", "#1a1b20"), 26)
    c.circle(400, 496, 34, "#0d0e12")
    c.circle(400, 496, 25, c.radial("#86a4e8", "#34316f", "#0d0c18"))
    c.oval(391, 487, 8, 5, "#fff", opacity=0.7)
    for x in (322, 478):
        c.circle(x, 420, 6, "#8fe0a8")
