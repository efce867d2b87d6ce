"""Draws backpacks, suitcases, handbags and wallets."""

from demo.pictures.canvas import Canvas, darker, lighter
from demo.pictures.parts import stitches
from demo.pictures.spec import PictureSpec


def backpack(c: Canvas, s: PictureSpec) -> None:
    """A daypack, a rolltop or a pack for trekking."""
    w = 178 + s.proportion * 2
    top = 150 if s.style == "trek" else 190
    c.shadow(400, 672, 230, 28)
    c.line(f"M360 {top + 10}q40-70 80 0", darker(c.color, 45), 20)
    for side in (-1, 1):
        c.line(
            f"M{400 + side * (w - 30)} 330C{400 + side * (w + 70)} 400 {400 + side * (w + 50)} 560 {400 + side * (w - 20)} 620",
            darker(c.color, 40),
            26,
        )
    c.path(
        f"M{400 - w} 340q0-{350 - top} {w} -{350 - top}t{w} {350 - top}v280q0 50-50 50H{450 - w}q-50 0-50-50z",
        c.body(),
    )
    c.path(f"M{424 - w} 350q4-110 90-140-44 80-50 420h-24q-16 0-16-30z", "#fff", opacity=0.16)
    if s.style == "roll":
        _rolltop(c, s, w)
    elif s.style == "trek":
        c.path(
            f"M{412 - w} 290q20-130 {w - 12}-130t{w - 12} 130q-{w - 12} 40-{2 * w - 24} 0z",
            lighter(c.color, 12),
        )
        c.rect(392 - w, 640, 2 * w + 16, 54, c.barrel(s.accent), 26)
        c.line(f"M{400 - w + 40} 640v52M{400 + w - 40} 640v52", "#2c2e34", 10)
    else:
        c.line(f"M{432 - w} 350q0-110 {w - 32}-110t{w - 32} 110", darker(c.color, 40), 8)
        c.rect(386 + w // 2, 300, 12, 44, s.accent, 5)
    c.rect(440 - w, 440, 2 * w - 80, 196, c.body(lighter(c.color, 6)), 34)
    c.line(f"M{462 - w} 486h{2 * w - 124}", darker(c.color, 42), 8)
    c.rect(400 + w // 3, 482, 11, 42, s.accent, 5)
    c.rect(366, 376, 68, 40, c.body("#a8764a"), 7)
    stitches(c, f"M{452 - w} 622h{2 * w - 104}", lighter(c.color, 35))


def _rolltop(c: Canvas, s: PictureSpec, w: int) -> None:
    c.path(
        f"M{410 - w} 250h{2 * w - 20}v-50q0-20-20-20H{430 - w}q-20 0-20 20z",
        c.barrel(lighter(c.color, 8)),
    )
    for y in (204, 228):
        c.line(f"M{416 - w} {y}h{2 * w - 32}", darker(c.color, 28), 4)
    for x in (330, 470):
        c.line(f"M{x} 180v220", "#a8764a", 17)
        c.rect(x - 17, 320, 34, 30, c.linear("#ebedef", "#969ba2"), 6)


def suitcase(c: Canvas, s: PictureSpec) -> None:
    """A ribbed shell or a soft case, handle up."""
    w = 340 + s.proportion * 2
    x = 400 - w // 2
    c.shadow(400, 690, 230, 24)
    for bar in (340, 448):
        c.rect(bar, 90, 13, 140, c.linear("#f2f3f4", "#8d9299", to=(1, 0)))
    c.rect(326, 74, 148, 30, "#2c2e34", 14)
    for foot in (x + 30, x + w - 70):
        c.rect(foot, 650, 40, 30, "#3a3c42", 6)
        c.circle(foot + 20, 678, 17, "#1c1d21")
    c.rect(
        x, 190, w, 470, c.linear(lighter(c.color, 20), c.color, darker(c.color, 26), to=(1, 0)), 44
    )
    if s.style == "soft":
        for y, h in ((250, 130), (410, 200)):
            c.rect(x + 40, y, w - 80, h, c.body(lighter(c.color, 6)), 26)
            c.line(f"M{x + 60} {y + 26}h{w - 120}", darker(c.color, 45), 8)
            c.rect(x + w - 110, y + 24, 12, 40, s.accent, 5)
    else:
        for step in range(7):
            left = x + 34 + step * (w - 68) // 7
            c.rect(left, 214, (w - 68) // 14, 420, darker(c.color, 18), 9, opacity=0.55)
            c.rect(left - 6, 214, 6, 420, "#fff", 3, opacity=0.22)
    c.rect(340, 178, 120, 22, c.body(darker(c.color, 30)), 10)
    c.line(f"M{x} 420h{w}", darker(c.color, 48), 5, opacity=0.5)
    c.rect(x + w - 26, 380, 30, 84, "#3a3c42", 10)
    for corner in (x, x + w - 40):
        c.rect(corner, 610, 40, 50, darker(c.color, 34), 20, opacity=0.7)
    with c.moved(f"rotate(14 {x + 70} 220)"):
        c.line(f"M{x + 70} 190v40", s.accent, 6)
        c.rect(x + 46, 226, 48, 80, c.body(s.accent), 10)
        c.rect(x + 56, 250, 28, 40, "#fff8ea", 4)


def handbag(c: Canvas, s: PictureSpec) -> None:
    """A half moon, a tote or a small box."""
    {"moon": _moon, "tote": _tote}.get(s.style, _boxbag)(c, s)


GOLD = ("#f0d9a4", "#b98f48")


def _moon(c: Canvas, s: PictureSpec) -> None:
    c.shadow(400, 650, 250, 28)
    c.line("M190 400C150 60 650 60 610 400", darker(c.color, 25), 24)
    c.line("M190 396C150 66 640 60 608 390", lighter(c.color, 22), 7)
    c.path("M150 380q250-56 500 0 34 40 20 110-30 156-270 156T130 490q-14-70 20-110z", c.body())
    c.line("M160 396q240-44 480 0", darker(c.color, 38), 9)
    stitches(c, "M164 420q236-44 472 0", lighter(c.color, 45))
    c.path("M180 450q6 100 90 150-60-10-100-66-16-46 10-84z", "#fff", opacity=0.22)
    for x in (190, 610):
        c.circle(x, 404, 20, "none", stroke=c.linear(*GOLD), stroke_width=9)
    c.rect(520, 392, 14, 52, c.linear(*GOLD), 6)
    c.path("M515 440h24l4 60h-32z", s.accent)


def _tote(c: Canvas, s: PictureSpec) -> None:
    c.shadow(400, 672, 250, 28)
    c.line("M286 330C280 100 520 100 514 330", darker(c.color, 40), 22)
    c.path("M170 300h460l28 330q2 36-34 36H176q-36 0-34-36z", c.body())
    c.path("M170 300h460l4 50H166z", darker(c.color, 14))
    c.path("M196 356h40l-14 300h-46q-16-2-14-26z", "#fff", opacity=0.16)
    c.line("M282 400V330C276 84 526 84 520 330v70", "#9a6b45", 24)
    c.line("M279 396V330C274 92 516 86 515 322", "#c08e62", 7)
    for x in (282, 520):
        c.rect(x - 24, 380, 48, 60, c.body("#9a6b45"), 8)
        c.circle(x, 410, 8, c.linear(*GOLD))
    stitches(c, "M168 344h464M156 640h488", lighter(c.color, 40))
    c.rect(362, 500, 76, 44, s.accent, 5, opacity=0.85)


def _boxbag(c: Canvas, s: PictureSpec) -> None:
    c.shadow(400, 652, 230, 28)
    c.line("M220 340C200 60 600 60 580 340", c.linear(*GOLD), 13, stroke_dasharray="22 9")
    c.rect(190, 330, 420, 312, c.body(darker(c.color, 12)), 26)
    c.path(
        "M186 350q0-30 30-30h368q30 0 30 30v96q0 60-214 90-214-30-214-90z",
        c.body(lighter(c.color, 6)),
    )
    stitches(c, "M204 440q20 46 196 74 176-28 196-74", lighter(c.color, 45))
    c.path("M206 350q0-16 20-16h120q-80 30-104 140-30-12-36-36z", "#fff", opacity=0.2)
    c.rect(366, 490, 68, 60, c.linear(*GOLD), 12)
    c.circle(400, 520, 12, darker(c.color, 40))
    for x in (220, 580):
        c.circle(x, 340, 16, "none", stroke=GOLD[1], stroke_width=8)


def wallet(c: Canvas, s: PictureSpec) -> None:
    """Folded, a card sleeve, or with a zip; cards look out."""
    c.shadow(400, 600, 300, 34)
    with c.moved("rotate(-6 400 420)"):
        for step, hue in enumerate((s.accent, "#f3ece0", lighter(s.accent, 45))):
            c.rect(220 + step * 12, 226 + step * 26, 340, 200, c.body(hue), 18)
            c.rect(250 + step * 12, 244 + step * 26, 60, 9, "#fff", 4, opacity=0.6)
        h = 250 if s.style == "sleeve" else 300
        c.rect(164, 302, 472, h, darker(c.color, 40), 28)
        c.rect(160, 294, 472, h, c.body(), 28)
        stitches(c, f"M182 316h428v{h - 44}H182z", lighter(c.color, 42))
        c.path(f"M180 330q6-20 26-20h150L200 {280 + h}q-20-6-20-30z", "#fff", opacity=0.1)
        if s.style == "zip":
            c.line("M176 330h440", "#d8b46a", 9, stroke_dasharray="7 5", stroke_linecap="butt")
            c.rect(584, 320, 62, 22, c.linear(*GOLD), 8)
        elif s.style == "sleeve":
            c.path("M330 294q70 84 140 0z", darker(c.color, 34))
        else:
            c.line(f"M396 296v{h - 4}", darker(c.color, 30), 6, opacity=0.6)
        c.rect(520, 500, 70, 30, darker(c.color, 22), 6, opacity=0.7)
