"""Draws lamps, chairs and sofas."""

from demo.pictures.canvas import Canvas, darker, lighter
from demo.pictures.parts import leg
from demo.pictures.spec import PictureSpec

OAK = "#c39a6b"


def lamp(c: Canvas, s: PictureSpec) -> None:
    """Arc, desk, mushroom, tripod or pendant; all of them are lit."""
    {"arc": _arc, "desk": _desk_lamp, "tripod": _tripod, "pendant": _pendant}.get(
        s.style, _mushroom
    )(c, s)


def _glow(c: Canvas, x: int, y: int, r: int) -> None:
    """Light that thins out with distance."""
    for step in range(1, 5):
        c.circle(x, y, r * step / 4, "#ffdf9c", opacity=0.12)


def _arc(c: Canvas, s: PictureSpec) -> None:
    c.shadow(600, 690, 120, 18)
    _glow(c, 250, 350, 230)
    c.line("M600 680V330C600 60 250 70 250 232", c.linear("#d9b36c", "#a47c3c"), 13)
    c.path("M520 690q0-24 80-24t80 24q0 10-80 10t-80-10z", c.linear("#f0eeea", "#b9b5ad"))
    c.oval(250, 342, 104, 22, "#fff3cf")
    c.path("M142 342q6-116 108-116t108 116q-108 30-216 0z", c.barrel())
    c.path("M172 326q10-76 62-88-30 40-32 92z", "#fff", opacity=0.35)


def _desk_lamp(c: Canvas, s: PictureSpec) -> None:
    c.shadow(440, 676, 170, 24)
    c.path("M236 330L110 676h350L340 376z", c.linear("#ffe2a0aa", "#ffe7ae00"))
    c.line("M470 650L560 420 380 240", darker(c.color, 20), 20)
    c.line("M466 646L554 420 378 244", lighter(c.color, 18), 8)
    for x, y in ((560, 420), (384, 244)):
        c.circle(x, y, 21, c.radial("#e8c98a", "#a57c3b"))
    with c.moved("rotate(-36 330 290)"):
        c.path("M300 220h70l56 116H244z", c.barrel())
        c.oval(335, 336, 91, 18, "#fff6da")
    c.path("M350 662q0-26 110-26t110 26q0 14-110 14t-110-14z", c.body())


def _mushroom(c: Canvas, s: PictureSpec) -> None:
    c.shadow(400, 672, 180, 26)
    _glow(c, 400, 400, 300)
    c.path("M352 410h96l22 220q0 34-70 34t-70-34z", c.barrel())
    c.oval(400, 416, 178, 32, "#ffe9b4")
    c.path(
        "M210 414C214 240 300 190 400 190s186 50 190 224q-190 44-380 0z",
        c.radial(lighter(c.color, 60), lighter(c.color, 20), darker(c.color, 16)),
    )
    c.path("M258 372q16-100 92-142-40 60-44 148z", "#fff", opacity=0.4)
    c.circle(400, 634, 11, s.accent)


def _tripod(c: Canvas, s: PictureSpec) -> None:
    c.shadow(400, 700, 190, 20)
    _glow(c, 400, 240, 240)
    for d in ("M396 350L290 694", "M404 350L510 694", "M400 350L410 704"):
        c.line(d, OAK, 17)
        c.line(d, lighter(OAK, 30), 5)
    c.rect(378, 336, 44, 56, c.barrel("#c79f5c"), 8)
    c.path(
        "M316 130h168l62 210H254z",
        c.linear(lighter(c.color, 10), lighter(c.color, 58), lighter(c.color, 12)),
    )
    for step in range(-3, 4):
        c.line(
            f"M{400 + step * 24} 134L{400 + step * 41} 338", darker(c.color, 22), 2, opacity=0.35
        )
    c.rect(314, 126, 172, 9, s.accent, 4)
    c.rect(252, 336, 296, 9, s.accent, 4)


def _pendant(c: Canvas, s: PictureSpec) -> None:
    _glow(c, 400, 520, 260)
    c.line("M400 0V250", "#34363c", 7)
    c.rect(376, 236, 48, 60, c.barrel("#c79f5c"), 12)
    c.oval(400, 500, 226, 44, "#fff4d2")
    c.circle(400, 506, 46, c.radial("#fff", "#ffe9a8", "#ffd66e"))
    c.path("M172 500C180 330 290 284 400 284s220 46 228 216q-228-64-456 0z", c.barrel())
    c.path("M232 440q30-98 116-130-56 60-70 122z", "#fff", opacity=0.3)


def chair(c: Canvas, s: PictureSpec) -> None:
    """Spindle, shell, lounge or office."""
    {"shell": _shell, "lounge": _lounge, "office": _office}.get(s.style, _spindle)(c, s)


def _spindle(c: Canvas, s: PictureSpec) -> None:
    c.shadow(400, 690, 200, 24)
    for x, lean in ((296, -16), (486, 16)):
        leg(c, x, 460, 660, lean, darker(c.color, 18))
    for x in range(290, 520, 40):
        c.line(f"M{400 + (x - 400) * 9 // 10} 440L{x} 190", darker(c.color, 12), 11)
    c.path("M250 150q150-54 300 0 12 8 8 48-158-40-316 0-4-40 8-48z", c.body())
    c.path("M246 430q154-40 308 0 26 20 18 46-172 40-344 0-8-26 18-46z", c.body())
    c.path("M262 436q138-30 276 0-138 8-276 0z", "#fff", opacity=0.25)
    for x, lean in ((256, -34), (524, 34)):
        leg(c, x, 470, 692, lean, c.color, 22)
    c.line("M258 600h284", darker(c.color, 20), 11)


def _shell(c: Canvas, s: PictureSpec) -> None:
    c.shadow(400, 690, 200, 24)
    for x, lean in ((330, -44), (452, 44), (286, -60), (494, 60)):
        leg(c, x, 500, 688 if lean in (-60, 60) else 664, lean, OAK, 20)
    c.path("M250 190q0-64 150-64t150 64l24 220q6 110-174 110T226 410z", c.body())
    c.path(
        "M272 206q4-46 128-46t128 46l16 170q-144-50-288 0z",
        c.linear(darker(c.color, 12), lighter(c.color, 14)),
    )
    c.path("M232 420q168-66 336 0 8 96-168 96t-168-96z", c.linear(lighter(c.color, 28), c.color))
    c.path("M286 204q2-26 60-34-30 50-42 150-10 6-30 12z", "#fff", opacity=0.28)


def _lounge(c: Canvas, s: PictureSpec) -> None:
    c.shadow(410, 676, 270, 28)
    for x, lean in ((230, -24), (556, 24)):
        leg(c, x, 560, 676, lean, OAK, 24)
    c.path("M236 200q20-64 164-64t164 64l20 290H216z", c.body())
    c.rect(250, 176, 300, 250, c.linear(lighter(c.color, 26), c.color), 60)
    for y in (250, 330):
        for x in (330, 400, 470):
            c.circle(x, y, 6, darker(c.color, 30))
    c.rect(236, 420, 328, 96, c.linear(lighter(c.color, 32), c.color), 40)
    c.rect(220, 500, 360, 74, c.body(darker(c.color, 12)), 24)
    for x in (156, 560):
        c.rect(x, 380, 84, 196, c.body(), 40)
    c.rect(330, 330, 140, 110, c.body(s.accent), 26, transform="rotate(-8 400 380)")


def _office(c: Canvas, s: PictureSpec) -> None:
    c.shadow(400, 704, 220, 24)
    c.rect(386, 500, 28, 130, c.barrel("#8f949b"), 8)
    c.line("M400 630L240 680M400 630L560 680M400 630v60", "#2c2e34", 22)
    for x, y in ((240, 692), (560, 692), (400, 702)):
        c.circle(x, y, 18, "#1c1d21")
    c.path("M270 150q130-50 260 0l-20 260H290z", c.body())
    for row in range(8):
        c.line(
            f"M{282 + row * 2} {190 + row * 26}q118-26 {236 - row * 4} 0",
            darker(c.color, 26),
            3,
            opacity=0.4,
        )
    c.path(
        "M240 430q160-40 320 0l16 50q4 36-176 36t-176-36z",
        c.linear(lighter(c.color, 20), darker(c.color, 20)),
    )
    for side in (-1, 1):
        c.line(f"M{400 + side * 150} 470h{side * 50}V350", "#2c2e34", 18)
        c.rect(400 + side * 200 - 44, 330, 88, 26, "#3a3c42", 13)


def sofa(c: Canvas, s: PictureSpec) -> None:
    """Two or three seats, with loose cushions."""
    seats = 2 if s.style == "two" else 3
    w = 460 if seats == 2 else 600
    x = 400 - w // 2
    c.shadow(400, 640, w // 2 + 50, 28)
    for foot, lean in ((x + 20, -10), (x + w - 44, 10)):
        leg(c, foot, 580, 642, lean, OAK, 24)
    c.rect(x + 6, 290, w - 12, 246, c.body(darker(c.color, 8)), 40)
    each = (w - 60) // seats
    for seat in range(seats):
        left = x + 30 + seat * each
        c.rect(left, 304, each - 4, 170, c.linear(lighter(c.color, 22), darker(c.color, 4)), 34)
    for seat in range(seats):
        left = x + 30 + seat * each
        c.rect(left, 450, each - 4, 84, c.linear(lighter(c.color, 34), c.color), 24)
    c.rect(x + 10, 526, w - 20, 62, c.body(darker(c.color, 14)), 16)
    for arm in (x - 40, x + w - 40):
        c.rect(arm, 380, 80, 212, c.linear(lighter(c.color, 24), c.color, darker(c.color, 20)), 34)
    c.rect(x + 52, 352, 116, 108, c.body(s.accent), 24, transform=f"rotate(-10 {x + 110} 410)")
    c.rect(
        x + w - 170,
        358,
        110,
        102,
        c.body(lighter(s.accent, 55)),
        24,
        transform=f"rotate(9 {x + w - 115} 410)",
    )
