"""Draws perfume, creams and lipsticks."""

from demo.pictures.canvas import Canvas, darker, lighter
from demo.pictures.spec import PictureSpec

GOLD = ("#f4e0b0", "#b98f48", "#ecd49a")


def perfume(c: Canvas, s: PictureSpec) -> None:
    """A glass bottle, square or round, with colored water."""
    c.shadow(400, 668, 200, 28)
    w = 150 + s.proportion
    if s.style == "round":
        glass, water = "M400 320a172 172 0 1 1-1 0z", "M250 470q150 36 300 0a150 150 0 0 1-300 0z"
        water = "M252 480q148 36 296 0a150 152 0 0 1-296 0z"
    else:
        glass = f"M{400 - w} 330q0-24 24-24h{2 * w - 48}q24 0 24 24v306q0 26-26 26H{426 - w}q-26 0-26-26z"
        water = f"M{418 - w} 420q{w - 18} 24 {2 * w - 36} 0v206q0 16-16 16H{434 - w}q-16 0-16-16z"
    c.path(
        glass,
        c.linear("#ffffff", lighter(c.color, 68), lighter(c.color, 50), to=(1, 1)),
        opacity=0.95,
    )
    c.path(water, c.linear(lighter(c.color, 22), c.color, darker(c.color, 10)), opacity=0.9)
    c.path(glass, "none", stroke=lighter(c.color, 45), stroke_width=5)
    c.rect(362, 276, 76, 44, c.linear(*GOLD, to=(1, 0)), 6)
    c.rect(338, 160, 124, 120, c.linear("#4d4037", "#1d1713", "#3a3029", to=(1, 0)), 16)
    c.rect(352, 172, 16, 96, "#fff", 8, opacity=0.25)
    c.rect(330, 470, 140, 104, "#fffaf0", 6, opacity=0.96)
    c.rect(352, 494, 96, 11, "#4d4037", 4)
    c.rect(368, 518, 64, 7, "#a79a8b", 3)
    c.circle(400, 548, 9, s.accent)
    c.rect(420 - w, 350, 20, 250, "#fff", 10, opacity=0.55)


def cream(c: Canvas, s: PictureSpec) -> None:
    """A jar, a tube or a dropper bottle."""
    {"tube": _tube, "dropper": _dropper}.get(s.style, _jar)(c, s)


def _label(c: Canvas, s: PictureSpec, x: int, y: int, w: int) -> None:
    c.rect(x, y, w, 12, darker(c.color, 62), 5)
    c.rect(x + w // 6, y + 28, w * 2 // 3, 7, darker(c.color, 40), 3)
    c.circle(x + w // 2, y + 60, 10, s.accent)


def _jar(c: Canvas, s: PictureSpec) -> None:
    c.shadow(400, 652, 240, 32)
    c.path("M206 410h388v170q0 72-72 72H278q-72 0-72-72z", c.barrel(lighter(c.color, 12)))
    c.path("M190 290q0-30 30-30h360q30 0 30 30v96q0 26-26 26H216q-26 0-26-26z", c.barrel("#b98d5e"))
    for y in (300, 336, 372):
        c.line(f"M200 {y}q200 14 400 0", "#8a6540", 2, opacity=0.5)
    c.oval(400, 270, 202, 22, lighter("#c79c6c", 12))
    _label(c, s, 320, 480, 160)
    c.rect(236, 430, 22, 170, "#fff", 11, opacity=0.5)


def _tube(c: Canvas, s: PictureSpec) -> None:
    c.shadow(400, 676, 150, 26)
    c.path("M270 130h260l-34 430H304z", c.barrel(lighter(c.color, 8)))
    c.rect(266, 112, 268, 34, c.linear(lighter(c.color, 30), darker(c.color, 12)), 5)
    for x in range(276, 530, 12):
        c.line(f"M{x} 116v24", darker(c.color, 25), 2, opacity=0.5)
    c.path("M300 556h200l-8 104q-2 16-18 16H326q-16 0-18-16z", c.barrel("#f5f1e8"))
    c.path("M296 190h22l20 350h-18z", "#fff", opacity=0.5)
    c.path("M283 300h234l-6 72H289z", s.accent, opacity=0.85)
    _label(c, s, 330, 420, 140)


def _dropper(c: Canvas, s: PictureSpec) -> None:
    c.shadow(400, 672, 150, 26)
    c.path(
        "M300 380q0-36 60-46v-40h80v40q60 10 60 46v264q0 28-28 28H328q-28 0-28-28z",
        c.linear("#5b3216", "#c07b3a", "#8a5020", "#4c2812", to=(1, 0)),
    )
    c.rect(346, 236, 108, 70, c.linear("#3a3c42", "#18191d", "#2c2e34", to=(1, 0)), 8)
    c.path("M368 240v-84q0-36 32-36t32 36v84z", c.barrel("#2c2e34"))
    c.rect(316, 430, 168, 176, lighter(c.color, 35), 4)
    _label(c, s, 336, 470, 128)
    c.rect(318, 386, 16, 250, "#fff", 8, opacity=0.35)


def lipstick(c: Canvas, s: PictureSpec) -> None:
    """An open bullet beside its cap, or a gloss with its wand."""
    c.shadow(400, 674, 240, 26)
    if s.style == "gloss":
        c.path(
            "M250 330h130v300q0 40-65 40t-65-40z",
            c.linear(lighter(c.color, 45), c.color, lighter(c.color, 20), to=(1, 0)),
            opacity=0.92,
        )
        c.rect(284, 290, 62, 44, c.linear(*GOLD, to=(1, 0)), 5)
        c.rect(268, 350, 16, 270, "#fff", 8, opacity=0.6)
        with c.moved("rotate(20 540 440)"):
            c.rect(500, 140, 84, 250, c.barrel("#2c2426"), 16)
            c.rect(534, 390, 14, 170, "#d9d3cf", 6)
            c.path("M524 540h34l6 90q-22 30-44 0z", c.body())
        return
    c.path(
        "M276 330V230q60-100 130-70v170z",
        c.linear(lighter(c.color, 32), c.color, darker(c.color, 22), to=(1, 0)),
    )
    c.path("M276 230q60-100 130-70-20 80-130 70z", lighter(c.color, 22))
    c.rect(266, 322, 150, 130, c.linear(*GOLD, *GOLD, to=(1, 0)), 6)
    c.rect(250, 440, 182, 232, c.linear("#4a3d40", "#1d1719", "#3a2f32", to=(1, 0)), 10)
    c.rect(250, 456, 182, 10, c.linear(*GOLD, to=(1, 0)))
    c.rect(268, 470, 16, 190, "#fff", 8, opacity=0.25)
    c.rect(474, 400, 170, 272, c.linear("#4a3d40", "#1d1719", "#3a2f32", to=(1, 0)), 14)
    c.rect(474, 640, 170, 14, c.linear(*GOLD, to=(1, 0)))
    c.rect(492, 418, 16, 210, "#fff", 8, opacity=0.25)
