"""Draws phones, tablets and what charges them."""

from demo.pictures.canvas import Canvas, darker, ink, lighter, mix
from demo.pictures.parts import Box, glass_eye, landscape
from demo.pictures.spec import PictureSpec


def phone(c: Canvas, s: PictureSpec) -> None:
    """Two of them: the back with its lenses behind, the lit front before."""
    w, h = 264 + s.proportion, 552
    c.shadow(410, 694, 265, 34)
    with c.moved("rotate(-8 300 410)"):
        _back(c, s, (150, 118, w, h))
    with c.moved("rotate(3 500 420)"):
        _front(c, s, (376, 132, w, h))


def _back(c: Canvas, s: PictureSpec, box: Box) -> None:
    x, y, w, h = box
    c.rect(x - 3, y - 3, w + 6, h + 6, darker(c.color, 30), 50)
    c.rect(x, y, w, h, c.body(), 47)
    c.path(f"M{x + 40} {y}h90L{x + 10} {y + 330}v-280z", "#fff", opacity=0.12)
    eyes = {"single": [(62, 62)], "dual": [(62, 60), (62, 146)]}.get(
        s.style, [(58, 58), (58, 138), (132, 98)]
    )
    wide = 176 if s.style == "triple" else 96
    tall = 92 if s.style == "single" else 182
    c.rect(x + 14, y + 14, wide, tall, mix(c.color, lighter(c.color, 40), 50), 38, opacity=0.9)
    for dx, dy in eyes:
        glass_eye(c, x + dx, y + dy, 32)
    c.circle(x + wide - 12, y + 42, 8, "#fff6dc")
    c.circle(x + w // 2, y + h // 2 + 40, 18, ink(c.color), opacity=0.22)


def _front(c: Canvas, s: PictureSpec, box: Box) -> None:
    x, y, w, h = box
    c.rect(x - 4, y - 4, w + 8, h + 8, c.linear(lighter(c.color, 45), darker(c.color, 35)), 50)
    c.rect(x, y, w, h, "#0f1014", 46)
    landscape(c, (x + 10, y + 10, w - 20, h - 20), 38, s.accent, s.seed)
    c.rect(x + w // 2 - 36, y + 24, 72, 20, "#0f1014", 10)
    c.rect(x + w // 2 - 62, y + 82, 50, 34, "#fff", 9, opacity=0.9)
    c.rect(x + w // 2 + 12, y + 82, 50, 34, "#fff", 9, opacity=0.9)
    c.rect(x + w // 2 - 44, y + 130, 88, 8, "#fff", 4, opacity=0.7)
    for column in range(4):
        tint = mix(s.accent, "#ffffff", 25 + column * 18)
        c.rect(x + 30 + column * (w - 104) // 3, y + h - 84, 44, 44, tint, 13, opacity=0.92)
    c.path(f"M{x + w - 90} {y + 10}h60q20 0 20 20v330z", "#fff", opacity=0.1)


def tablet(c: Canvas, s: PictureSpec) -> None:
    """A tablet that leans back a little, with or without its pen."""
    w, h = 560 + s.proportion * 2, 420
    x = 400 - w // 2
    c.shadow(400, 660, 320, 32)
    with c.moved("rotate(-3 400 420)"):
        c.rect(x - 5, 198, w + 10, h + 12, c.linear(lighter(c.color, 30), darker(c.color, 30)), 38)
        c.rect(x, 202, w, h, "#101116", 34)
        landscape(c, (x + 22, 224, w - 44, h - 44), 14, s.accent, s.seed)
        for place in range(6):
            tint = mix(s.accent, "#ffffff", 20 + place * 11)
            c.rect(x + 130 + place * 54, 566, 40, 40, tint, 11, opacity=0.9)
        c.path(f"M{x + w - 260} 224h150L{x + 330} 600h-150z", "#fff", opacity=0.08)
        c.circle(400, 213, 4, "#3a3d48")
    if s.style == "pen":
        with c.moved("rotate(52 640 560)"):
            c.rect(440, 548, 330, 20, c.linear("#ffffff", "#dcdcdc", "#b4b6ba"), 10)
            c.path("M440 548l-34 10 34 10z", "#8f9196")
            c.rect(738, 548, 10, 20, s.accent)


def charger(c: Canvas, s: PictureSpec) -> None:
    """A wall plug with a coiled lead, or a power bank with its four lights."""
    if s.style == "bank":
        return _bank(c, s)
    c.shadow(420, 640, 220, 30)
    c.line("M520 470C680 470 700 600 600 640S420 690 520 700 720 660 730 600", "#00000022", 14)
    c.line("M520 462C680 462 700 592 600 632S420 682 520 692 720 652 730 592", "#f3f2ef", 12)
    for y in (380, 470):
        c.rect(178, y, 84, 24, c.linear("#f0f1f3", "#a3a8ae", "#d9dcdf"), 5)
    c.rect(250, 300, 290, 322, c.body(), 48)
    c.rect(250, 300, 96, 322, lighter(c.color, 20), 48, opacity=0.5)
    for y in (400, 480):
        c.rect(420, y, 74, 26, darker(c.color, 40), 13)
        c.rect(430, y + 8, 54, 10, darker(c.color, 65), 5)
    c.rect(506, 449, 52, 27, c.linear("#fbfbfa", "#c9c9c6"), 8)
    c.circle(457, 560, 7, "#7fd29a")
    return None


def _bank(c: Canvas, s: PictureSpec) -> None:
    c.shadow(400, 668, 190, 30)
    with c.moved("rotate(-6 400 420)"):
        c.rect(258, 150, 284, 512, darker(c.color, 32), 46)
        c.rect(250, 144, 284, 512, c.body(), 46)
        c.path("M290 144h96L256 470V190q4-40 34-46z", "#fff", opacity=0.16)
        for place in range(4):
            c.circle(350 + place * 28, 590, 7, "#8fe0a8" if place < 3 else ink(c.color))
        c.rect(340, 240, 104, 104, s.accent, 30, opacity=0.9)
        c.path("M398 254l-36 46h24l-8 32 38-48h-26z", "#fff")


def cable(c: Canvas, s: PictureSpec) -> None:
    """A coil with both plugs in front."""
    c.shadow(400, 640, 260, 40)
    width = 18 if s.style == "flat" else 24
    for step in range(4):
        r = 210 - step * 26
        c.oval(
            400, 420 - step * 3, r, r * 0.86, "none", stroke=darker(c.color, 30), stroke_width=width
        )
        c.oval(398, 416 - step * 3, r, r * 0.86, "none", stroke=lighter(c.color, 10 + step * 4),
               stroke_width=width - 6)  # fmt: skip
        if s.style == "braid":
            c.oval(398, 416 - step * 3, r, r * 0.86, "none", stroke=darker(c.color, 22),
                   stroke_width=width - 8, stroke_dasharray="5 9", opacity=0.6)  # fmt: skip
    c.rect(352, 564, 92, 64, c.body(s.accent), 16)
    for x, turn in ((190, 24), (552, -28)):
        with c.moved(f"rotate({turn} {x} 620)"):
            c.rect(x - 34, 560, 68, 96, c.body(darker(c.color, 12)), 14)
            c.rect(x - 22, 652, 44, 42, c.linear("#e9ebee", "#9ea4ab", "#d4d8dc", to=(1, 0)), 8)
            c.rect(x - 12, 676, 24, 9, "#5d626a", 4)


def accessory(c: Canvas, s: PictureSpec) -> None:
    """The set: a stand with a phone in its case, and the earbuds' box."""
    c.shadow(330, 664, 230, 34)
    c.shadow(610, 670, 130, 24)
    c.oval(330, 650, 176, 30, c.linear(lighter(c.color, 25), darker(c.color, 30)))
    c.rect(308, 470, 44, 176, c.barrel(darker(c.color, 10)), 12)
    with c.moved("rotate(-5 330 400)"):
        _back(
            c, PictureSpec("phone", "triple", 0, s.accent, s.backdrop, s.seed), (206, 110, 248, 470)
        )
        c.rect(200, 104, 260, 482, "none", 52, stroke="#9a6b45", stroke_width=14)
        c.circle(330, 400, 74, "none", stroke="#fff", stroke_width=8, opacity=0.35)
    c.rect(520, 540, 186, 128, c.body(lighter(c.color, 12)), 52)
    c.path("M520 592h186", "none", stroke=darker(c.color, 35), stroke_width=4)
    c.circle(613, 622, 5, "#8fe0a8")
    c.line("M500 700C560 730 680 730 742 690", "#f5f4f1", 11)
