"""Draws clothes, lying flat on paper."""

from random import Random

from demo.pictures.canvas import Canvas, darker, ink, lighter
from demo.pictures.parts import cloth_shadow, landscape, stitches
from demo.pictures.spec import PictureSpec

TEE = (
    "M290 150L150 220 90 380l98 44 40-74v310q0 16 16 16h312q16 0 16-16V350l40 74 98-44"
    "-60-160-140-70q-110 70-220 0z"
)


def tshirt(c: Canvas, s: PictureSpec) -> None:
    """Plain, with a pocket, striped or printed."""
    cloth_shadow(c, TEE)
    c.path(TEE, c.body(c.color, 12))
    with c.clipped(TEE):
        if s.style == "stripe":
            for y in range(300, 660, 48):
                c.rect(80, y, 640, 18, ink(c.color), opacity=0.75)
        _folds(c)
    c.path("M290 150q110 70 220 0-8 92-110 92t-110-92z", darker(c.color, 32))
    c.line("M290 152q8 88 110 88t110-88", lighter(c.color, 14), 15)
    c.line("M290 152q8 88 110 88t110-88", darker(c.color, 20), 2, opacity=0.6)
    if s.style == "pocket":
        c.path(
            "M450 310h92v84l-46 22-46-22z",
            lighter(c.color, 7),
            stroke=darker(c.color, 26),
            stroke_width=3,
        )
    if s.style == "print":
        landscape(c, (300, 310, 200, 200), 99, s.accent, s.seed)
    stitches(c, "M230 656h340", darker(c.color, 30))
    stitches(c, "M102 374l84 38M698 374l-84 38", darker(c.color, 30))


def _folds(c: Canvas) -> None:
    for d in (
        "M228 350q30 120 6 320h40q10-200-46-320z",
        "M572 350q-40 140-4 326h-48q-4-190 52-326z",
    ):
        c.path(d, "#000", opacity=0.08)
    c.path("M330 420q60 60 40 256h36q20-190-76-256z", "#fff", opacity=0.1)
    c.path("M440 300q60 30 110 20-60 40-110-20z", "#000", opacity=0.06)


COAT = (
    "M300 140l-120 50q-34 14-46 56L70 560q-4 24 20 30l56 12q22 4 28-18l46-190v260q0 22 22 22h316"
    "q22 0 22-22V394l46 190q6 22 28 18l56-12q24-6 20-30l-64-314q-12-42-46-56l-120-50q-100 40-200 0z"
)


def jacket(c: Canvas, s: PictureSpec) -> None:
    """A shell, a puffer or a work jacket."""
    cloth_shadow(c, COAT)
    c.path(COAT, c.body(c.color, 14))
    with c.clipped(COAT):
        if s.style == "puffer":
            _quilt(c)
        c.path("M220 394q20 150 0 290h34q20-180-34-290z", "#000", opacity=0.12)
        c.path("M580 394q-20 150 0 290h-34q-20-180 34-290z", "#000", opacity=0.12)
    if s.style == "shell":
        c.path(
            "M290 160c-10-90 40-110 110-110s120 20 110 110q-110 60-220 0z",
            c.body(darker(c.color, 8)),
        )
        c.path("M318 158c-6-60 34-78 82-78s88 18 82 78q-82 50-164 0z", darker(c.color, 46))
    c.path(
        "M296 142q104 44 208 0l14 74q-118 60-236 0z",
        c.linear(darker(c.color, 20), darker(c.color, 6)),
    )
    c.path("M318 150q82 30 164 0-10 60-82 60t-82-60z", darker(c.color, 55))
    if s.style == "work":
        _patch_pockets(c)
    else:
        c.line("M400 230v444", darker(c.color, 40), 13)
        c.line("M400 230v444", s.accent, 4, stroke_dasharray="5 4", stroke_linecap="butt")
        c.rect(392, 226, 16, 36, "#d5d8dc", 5)
        for side in (-1, 1):
            c.line(f"M{400 + side * 66} 560l{side * 46}-90", darker(c.color, 38), 8)
    for d in ("M78 560l92 26", "M722 560l-92 26"):
        c.line(d, darker(c.color, 30), 20)


def _quilt(c: Canvas) -> None:
    """Down chambers: a seam, a soft light below it, a soft shade above the next."""
    for y in range(196, 700, 58):
        c.path(f"M60 {y + 5}q340 36 680 0v24q-340 36-680 0z", "#fff", opacity=0.1)
        c.path(f"M60 {y - 18}q340 36 680 0v18q-340 36-680 0z", "#000", opacity=0.09)
        c.line(f"M60 {y}q340 36 680 0", "#000", 4, opacity=0.28)


def _patch_pockets(c: Canvas) -> None:
    c.line("M400 226v450", darker(c.color, 30), 4)
    for y in range(270, 660, 78):
        c.circle(416, y, 10, c.radial("#e9d3ac", "#8a6540"))
    for x, y, w in ((262, 330, 96), (246, 510, 118), (440, 510, 118)):
        c.rect(x, y, w, w, lighter(c.color, 7), 10, stroke=darker(c.color, 26), stroke_width=3)
        stitches(c, f"M{x + 9} {y + 22}h{w - 18}", lighter(c.color, 45))


def jeans(c: Canvas, s: PictureSpec) -> None:
    """Straight, slim or wide, with seams in thread color."""
    hem = {"slim": 76, "wide": 150}.get(s.style, 112)
    outer = {"slim": 116, "wide": 214}.get(s.style, 164)  # from the middle to the outside hem
    d = (
        f"M276 110h248c14 60 24 110 26 170L{400 + outer} 700H{400 + outer - hem}L404 330h-8"
        f"L{400 - outer + hem} 700H{400 - outer}L250 280c2-60 12-110 26-170z"
    )
    thread = "#dfa765"
    cloth_shadow(c, d)
    c.path(d, c.linear(lighter(c.color, 14), c.color, darker(c.color, 16)))
    with c.clipped(d):
        for side in (-1, 1):
            fade = c.radial(lighter(c.color, 48), c.color, cx=".5", cy=".5", r=".5")
            c.oval(400 + side * (100 + outer // 8), 420, 44, 150, fade, opacity=0.55)
            inside = 400 + side * (outer - hem)
            c.path(f"M400 320L{inside} 700h{side * 30}L{400 + side * 30} 330z", "#000", opacity=0.1)
            stitches(c, f"M{400 + side * 138} 280L{400 + side * (outer - 12)} 700", thread, 2)
    _waistband(c, thread)
    for left in (400 - outer, 400 + outer - hem):
        c.line(f"M{left + 3} 684h{hem - 6}", darker(c.color, 30), 3)
        stitches(c, f"M{left + 3} 692h{hem - 6}", thread, 2)


def _waistband(c: Canvas, thread: str) -> None:
    c.rect(272, 104, 256, 38, c.body(darker(c.color, 10)), 6)
    stitches(c, "M276 137h248", thread)
    for x in (304, 378, 482):
        c.rect(x, 99, 15, 50, darker(c.color, 18), 3)
    c.circle(404, 122, 11, c.radial("#f2d9a0", "#9a7335"))
    c.line("M400 142v190", darker(c.color, 26), 3)
    stitches(c, "M416 146v116q-2 34-16 44", thread)
    for side in (-1, 1):
        c.line(f"M{400 + side * 56} 144q{side * 8} 70 {side * 84} 74", darker(c.color, 28), 4)
        stitches(c, f"M{400 + side * 48} 146q{side * 8} 80 {side * 94} 82", thread)


def dress(c: Canvas, s: PictureSpec) -> None:
    """On a hanger: A-line, flowers, wrapped or long."""
    low = 720 if s.style == "long" else 660
    wide = 120 if s.style == "long" else 190 + s.proportion * 2
    left, right = 400 - wide, 400 + wide
    d = (
        f"M322 170C318 230 296 258 276 280c30 40 44 80 48 120C316 470 {left + 40} 560 {left} {low}"
        f"q{wide} 40 {2 * wide} 0C{right - 40} 560 484 470 476 400c4-40 18-80 48-120-20-22-42-50-46-110"
        "q-30 80-78 80t-78-80z"
    )
    c.line("M400 150v-30q0-26 24-26t20 24", "#8d8378", 6)
    c.line("M400 146L286 196M400 146l114 50", "#c39a6b", 12)
    cloth_shadow(c, d)
    c.path(d, c.body(c.color, 14))
    with c.clipped(d):
        for dx in (-90, -36, 24, 84):
            c.path(
                f"M{400 + dx // 3} 410Q{400 + dx} 540 {400 + dx * 3 // 2} {low + 30}h30Q{420 + dx} 540 {404 + dx // 3} 410z",
                "#000",
                opacity=0.1,
            )
        if s.style == "floral":
            _flowers(c, s, low)
    if s.style == "wrap":
        c.line("M330 190L470 400", darker(c.color, 26), 6)
        c.line(f"M470 400L380 {low + 10}", darker(c.color, 22), 4, opacity=0.6)
    c.path("M322 392q78 22 156 0l2 26q-80 22-160 0z", darker(c.color, 24))
    if s.style == "wrap":
        c.line("M474 408q30 30 20 90M474 408q50 10 50 70", darker(c.color, 24), 12)


def _flowers(c: Canvas, s: PictureSpec, low: int) -> None:
    dice = Random(s.seed)
    spots = [(dice.randint(220, 580), dice.randint(200, low)) for _ in range(48)]
    petals = ((0, 0), (11, 3), (3, 12), (-8, 7), (-6, -6))
    for turn, hue in enumerate((s.accent, "#fff6e6", "#f3d3c6")):
        d = "".join(f"M{x + a} {y + b}h.1" for x, y in spots[turn::3] for a, b in petals)
        c.line(d, hue, 11)
    c.line("".join(f"M{x} {y + 3}h.1" for x, y in spots), "#d9a441", 8)
