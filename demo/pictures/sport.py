"""Draws bicycles, tents, mats, weights, balls and rackets."""

from demo.pictures.canvas import Canvas, darker, lighter, pale
from demo.pictures.parts import wheel
from demo.pictures.spec import PictureSpec


def bicycle(c: Canvas, s: PictureSpec) -> None:
    """City, drop-bar or flat-bar, from the drive side."""
    c.shadow(400, 650, 350, 22)
    r = 142
    wheel(c, 196, 500, r, lighter(c.color, 40))
    wheel(c, 606, 500, r, lighter(c.color, 40))
    if s.style == "city":
        c.line("M48 470A156 156 0 0 1 330 430M470 430A156 156 0 0 1 750 440", "#3a3c42", 9)
        c.line("M100 352h150M120 352l70 130", "#3a3c42", 8)
    c.line("M196 500L376 508 300 290M300 290L546 300 376 508", darker(c.color, 30), 21)
    c.line("M196 500L376 508 300 290 196 500M300 296L546 306 376 508", c.color, 16)
    c.line("M540 262L606 500", darker(c.color, 12), 16)
    c.line("M304 300L540 308", lighter(c.color, 35), 4)
    c.line("M300 290l-14-50", "#8f949b", 11)
    c.path("M226 226q60-18 128 0 8 14-16 18-60 4-112 0-12-6 0-18z", "#5d4030")
    c.line("M196 500l180 6", "#2c2e34", 4)
    c.circle(376, 508, 38, "none", stroke="#3a3c42", stroke_width=9)
    c.line("M376 508l36 62M376 508l-36-62", "#6d7279", 9)
    c.line("M396 572h40M324 444h40", "#26282d", 13)
    bars = {
        "city": "M540 262l-8-44q-60-10-96 10",
        "drop": "M540 262l-6-30h66q40 6 26 50-14 30-46 20",
    }
    c.line(bars.get(s.style, "M540 262l-8-36h64M532 226h-34"), "#3a3c42", 13)
    if s.style == "city":
        c.path("M552 252h96l-10 62h-76z", c.linear("#d2a878", "#9a6f45"))
        c.line("M556 272h86M560 294h80", "#7d5734", 4)


def tent(c: Canvas, s: PictureSpec) -> None:
    """A ridge or a dome, pitched, with the door open."""
    c.oval(400, 648, 370, 46, "#a9b58c", opacity=0.55)
    c.shadow(400, 646, 330, 30)
    if s.style == "ridge":
        c.path("M330 210L90 640h230z", darker(c.color, 22))
        c.path(
            "M330 210L640 240 740 640H320z",
            c.linear(lighter(c.color, 18), c.color, darker(c.color, 14)),
        )
        c.path("M330 210L170 640h300z", c.linear(lighter(c.color, 28), c.color))
        c.path("M330 260L262 640h130z", c.linear("#3a3129", "#1f1a16"))
        c.path("M330 260l-68 380h-40q40-180 108-380z", lighter(s.accent, 15))
        c.line("M330 210L60 690M640 240l110 430", "#f4ecd8", 3)
    else:
        c.path(
            "M90 640C100 330 250 200 400 200s300 130 310 440z",
            c.radial(lighter(c.color, 30), c.color, darker(c.color, 26)),
        )
        c.path(
            "M400 200C520 260 580 440 590 640h120C700 330 550 200 400 200z",
            darker(c.color, 24),
            opacity=0.6,
        )
        c.path("M300 640q0-250 100-250t100 250z", c.linear("#3a3129", "#1f1a16"))
        c.path("M300 640q0-250 100-250-60 60-66 250z", lighter(s.accent, 15))
        c.line(
            "M92 636C110 330 250 202 400 202s290 128 308 434M400 202C300 270 250 440 246 640",
            lighter(c.color, 50),
            5,
        )
    for x in (80, 720):
        c.line(f"M{x} 640l{(x - 400) // 12} 22", "#6b5a48", 7)


def mat(c: Canvas, s: PictureSpec) -> None:
    """Half rolled, held by a strap."""
    c.shadow(400, 640, 320, 40)
    c.path(
        "M250 470L700 420q26 6 30 30l-20 130q-6 24-30 26L250 640z",
        c.linear(lighter(c.color, 26), c.color, darker(c.color, 10), to=(1, 0)),
    )
    for step in range(9):
        c.line(
            f"M{330 + step * 44} {470 - step * 5}l-6 {150 - step * 3}",
            darker(c.color, 20),
            2,
            opacity=0.4,
        )
    c.line("M300 556l400-34", lighter(c.color, 55), 4, opacity=0.8)
    c.path("M250 440h-40v200h40z", darker(c.color, 20))
    c.rect(120, 424, 150, 220, c.linear(lighter(c.color, 24), c.color, darker(c.color, 30)), 75)
    c.circle(196, 534, 108, darker(c.color, 26))
    for step in range(6):
        c.circle(
            196,
            534,
            100 - step * 17,
            "none",
            stroke=lighter(c.color, 30 if step % 2 else 10),
            stroke_width=11,
        )
    c.line("M290 436q60 100 0 206", s.accent, 17)
    c.rect(296, 520, 34, 44, c.body(darker(s.accent, 20)), 8)


def dumbbell(c: Canvas, s: PictureSpec) -> None:
    """A pair: hexagonal, soft and round, or with plates."""
    for dx, dy, turn in ((70, -120, -16), (-30, 80, -16)):
        with c.moved(f"translate({dx} {dy}) rotate({turn} 400 440)"):
            c.shadow(400, 530, 270, 26)
            c.rect(280, 420, 240, 44, c.linear("#f4f5f6", "#8b9097", "#dcdee1"), 16)
            c.line(
                "M330 442h140",
                "#6b7078",
                26,
                stroke_dasharray="3 6",
                stroke_linecap="butt",
                opacity=0.6,
            )
            for x in (150, 500):
                _head(c, s, x)


def _head(c: Canvas, s: PictureSpec, x: int) -> None:
    if s.style == "plates":
        for step, tall in enumerate((110, 150, 180, 150)):
            c.rect(
                x + step * 37,
                442 - tall // 2,
                33,
                tall,
                c.linear(lighter(c.color, 24), darker(c.color, 30)),
                8,
            )
        c.rect(x + 60, 428, 30, 28, s.accent, 6)
    elif s.style == "hex":
        c.path(
            f"M{x + 26} 360h98l26 40v84l-26 40H{x + 26}L{x} 484v-84z",
            c.linear(lighter(c.color, 26), c.color, darker(c.color, 34)),
        )
        c.path(f"M{x + 26} 360h98l26 40H{x}z", "#fff", opacity=0.16)
        c.rect(x + 46, 424, 58, 36, s.accent, 8)
    else:
        c.rect(x, 366, 150, 152, c.linear(lighter(c.color, 34), c.color, darker(c.color, 30)), 64)
        c.rect(x + 50, 424, 50, 34, "#fff", 12, opacity=0.6)


def ball(c: Canvas, s: PictureSpec) -> None:
    """For football, basketball or the beach."""
    c.shadow(400, 652, 210, 36)
    skin = c.color if s.style == "basket" else lighter(c.color, 88)
    c.circle(400, 420, 228, c.radial(lighter(skin, 40), skin, darker(skin, 22)))
    mark = darker(s.accent, 30) if pale(c.color) else c.color
    seam = darker(mark, 55)
    with c.clipped("M172 420a228 228 0 1 0 456 0a228 228 0 1 0-456 0z"):
        if s.style == "football":
            for x, y, turn in (
                (400, 400, 0),
                (220, 300, 20),
                (580, 300, -20),
                (288, 590, 10),
                (512, 590, -10),
                (400, 190, 36),
            ):
                c.path(
                    "M0-62L59-19 36 50H-36L-59-19z",
                    mark,
                    transform=f"translate({x} {y}) rotate({turn})",
                )
            c.line(
                "M400 338v-90M459 381l72-56M436 450l52 88M364 450l-52 88M341 381l-72-56",
                seam,
                5,
                opacity=0.6,
            )
        elif s.style == "basket":
            c.line("M400 190v460M172 420h456M250 230q130 190 0 380M550 230q-130 190 0 380", seam, 9)
        else:
            c.path("M172 420q120-200 300-210l-60-60H160z", mark, opacity=0.9)
            c.path("M628 420q-40 170-220 200l80 50 190-90z", mark, opacity=0.9)
            c.line(
                "M172 420q120-200 330-214M200 500q120-200 390-190M260 600q60-140 366-190",
                seam,
                5,
                opacity=0.55,
            )
    c.circle(400, 420, 228, c.radial("#ffffff00", "#ffffff00", "#15141c66", r=".78"))
    c.oval(316, 312, 66, 40, "#fff", opacity=0.35, transform="rotate(-36 316 312)")


def racket(c: Canvas, s: PictureSpec) -> None:
    """For tennis or badminton, with its ball or shuttle."""
    slim = s.style == "badminton"
    rx, ry = (120, 150) if slim else (142, 180)
    c.shadow(430, 660, 250, 30)
    with c.moved("rotate(38 400 400)"):
        for step in range(-6, 7):
            c.line(
                f"M{400 + step * rx // 7} {270 - ry + abs(step) ** 2 * 4}V{270 + ry - abs(step) ** 2 * 4}",
                "#fbf7ec",
                3,
            )
            c.line(
                f"M{400 - rx + abs(step) ** 2 * 3} {270 + step * ry // 7}H{400 + rx - abs(step) ** 2 * 3}",
                "#fbf7ec",
                3,
            )
        c.oval(
            400, 270, rx, ry, "none", stroke=darker(c.color, 30), stroke_width=12 if slim else 24
        )
        c.oval(
            398,
            268,
            rx,
            ry,
            "none",
            stroke=c.linear(lighter(c.color, 24), c.color),
            stroke_width=8 if slim else 17,
        )
        if slim:
            c.line(f"M400 {270 + ry}V600", "#5d6068", 11)
        else:
            c.line(f"M350 {258 + ry}L392 540M450 {258 + ry}L408 540", c.color, 17)
        c.rect(382, 540, 36, 190, c.barrel("#34363c"), 12)
        for y in range(556, 720, 24):
            c.line(f"M384 {y + 10}l32-14", "#6d7079", 4)
        c.rect(380, 536, 40, 14, s.accent, 4)
    if slim:
        _shuttle(c)
    else:
        c.circle(620, 590, 58, c.radial("#f2f7a6", "#d6e25e", "#a3b32f"))
        c.line("M572 566q50 20 40 78M660 552q-34 34-2 74", "#fffef0", 6)


def _shuttle(c: Canvas) -> None:
    with c.moved("translate(610 590) rotate(-30)"):
        for step in range(-3, 4):
            c.path(
                f"M{step * 6} 0L{step * 24 - 13}-110q13-12 26 0z",
                "#fffdf6",
                stroke="#d9d3c6",
                stroke_width=2,
            )
        c.path("M-30 0h60q4 44-30 46T-30 0z", c.barrel("#f1ece0"))
        c.rect(-30, -6, 60, 12, "#5f8a6a", 4)
