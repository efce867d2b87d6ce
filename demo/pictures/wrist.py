"""Draws watches and smart bands."""

from demo.pictures.canvas import Canvas, darker, ink, lighter, mix
from demo.pictures.spec import PictureSpec

STEEL = ("#f5f6f7", "#8f949b", "#e3e5e8")
# The twelve hours as (right, down) of a dial of radius 1,000.
HOURS = (
    (0, -1000), (500, -866), (866, -500), (1000, 0), (866, 500), (500, 866),
    (0, 1000), (-500, 866), (-866, 500), (-1000, 0), (-866, -500), (-500, -866),
)  # fmt: skip


def watch(c: Canvas, s: PictureSpec) -> None:
    """Field, dress, diver or chronograph; the dial takes the color."""
    r = 150 + s.proportion
    band = "#8a5a38" if s.style in ("field", "dress") else "#b9bec4"
    c.shadow(416, 430, 210, 330, 0.3)
    _strap(c, band, links=s.style in ("diver", "chrono"))
    c.rect(392 + r, 384, 40, 32, c.linear(*STEEL), 8)
    if s.style == "chrono":
        for y in (300, 474):
            c.rect(376 + r, y, 40, 24, c.linear(*STEEL), 8)
    c.circle(400, 400, r + 22, c.linear(*STEEL, to=(1, 1)))
    if s.style == "diver":
        c.circle(400, 400, r + 12, darker(c.color, 30))
        for dx, dy in HOURS:
            c.circle(400 + dx * (r - 4) // 1000, 400 + dy * (r - 4) // 1000, 5, "#f6f1e4")
        r -= 20
    c.circle(400, 400, r, c.radial(lighter(c.color, 18), c.color, darker(c.color, 25)))
    _dial(c, s, r)
    c.path(f"M{400 - r + 16} 380q10-90 110-{r - 26}-50 40-60 150z", "#fff", opacity=0.16)


def _strap(c: Canvas, band: str, links: bool) -> None:
    for d in ("M330 270l14-200h112l14 200z", "M330 530l14 200h112l14-200z"):
        c.path(d, c.linear(darker(band, 22), lighter(band, 14), darker(band, 26), to=(1, 0)))
    if links:
        for y in (*range(90, 270, 30), *range(560, 730, 30)):
            c.line(f"M342 {y}h116", darker(band, 40), 4)
    else:
        c.line(
            "M352 90l-10 170M448 90l10 170M352 710l-10-170M448 710l10-170",
            lighter(band, 50),
            3,
            stroke_dasharray="9 8",
        )
        for y in (620, 656, 692):
            c.oval(400, y, 6, 8, darker(band, 55))


def _dial(c: Canvas, s: PictureSpec, r: int) -> None:
    mark = ink(c.color)
    for hour, (dx, dy) in enumerate(HOURS):
        inner = r - (34 if hour % 3 == 0 else 24)
        c.line(
            f"M{400 + dx * inner // 1000} {400 + dy * inner // 1000}L{400 + dx * (r - 12) // 1000} {400 + dy * (r - 12) // 1000}",
            mark, 9 if hour % 3 == 0 else 5,
        )  # fmt: skip
    if s.style == "chrono":
        for x, y in ((346, 400), (454, 400), (400, 456)):
            c.circle(x, y, 34, mix(c.color, "#ffffff", 16), stroke=mark, stroke_width=2)
            c.line(f"M{x} {y}v-22", s.accent, 4)
    if s.style == "field":
        c.rect(446, 386, 38, 28, "#f7f4ec", 4)
    c.line("M400 400L338 352", mark, 12)
    c.line("M400 400L468 318", mark, 8)
    c.line("M392 424L420 296", s.accent, 4)
    c.circle(400, 400, 10, s.accent)


def band(c: Canvas, s: PictureSpec) -> None:
    """A slim band, or a smart watch with a square or round face."""
    w, h = {"slim": (130, 300), "round": (290, 290)}.get(s.style, (250, 290))
    r = {"slim": 62, "round": 145}.get(s.style, 66)
    x, y = 400 - w // 2, 400 - h // 2
    wide = min(w, 190) // 2
    c.shadow(416, 430, 190, 330, 0.3)
    for end in (70, 730):
        c.path(
            f"M{400 - wide} 400L{420 - wide} {end}q{wide - 20} {(end - 400) // 8} {2 * wide - 40} 0L{400 + wide} 400z",
            c.barrel(),
        )
    for hole in (600, 640, 680):
        c.oval(400, hole, 8, 11, darker(c.color, 50))
    c.rect(x - 9, y - 9, w + 18, h + 18, c.linear("#70737b", "#26282d", to=(1, 1)), r + 9)
    c.rect(x, y, w, h, "#0d0e13", r)
    c.circle(400, 374, w // 2 - 34, "none", stroke="#272a33", stroke_width=13)
    c.circle(400, 374, w // 2 - 34, "none", stroke=s.accent, stroke_width=13, stroke_dasharray=f"{w * 2} 900",
             stroke_linecap="round", transform="rotate(-90 400 374)")  # fmt: skip
    c.line(
        "M370 378h14l10-26 14 46 10-20h14" if w > 140 else "M388 374h6l5-14 7 26 5-12h6", "#fff", 5
    )
    for step in range(3):
        c.circle(400 - 26 + step * 26, y + h - 34, 5, ("#8fe0a8", "#e9b44c", "#e2735f")[step])
    c.path(
        f"M{x + 22} {y + h // 2}q0-{h // 2 - 20} {w // 2 - 20}-{h // 2 - 16}-50 30-60 {h // 2}z",
        "#fff",
        opacity=0.1,
    )
