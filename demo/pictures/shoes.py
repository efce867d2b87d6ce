"""Draws sneakers and boots from the side."""

from demo.pictures.canvas import Canvas, darker, lighter
from demo.pictures.parts import stitches
from demo.pictures.spec import PictureSpec


def sneaker(c: Canvas, s: PictureSpec) -> None:
    """A court shoe or a runner, the outer side."""
    c.shadow(404, 604, 345, 26)
    _shoe(c, s)


UPPER = (
    "M118 532C106 460 112 380 122 296q8-18 26-8c26 26 74 30 112 2l34-58q8-12 24-6l34 20"
    "C380 310 430 360 500 392c60 16 130 24 170 66 24 26 30 50 28 74z"
)


def _shoe(c: Canvas, s: PictureSpec) -> None:
    color = c.color
    c.path(UPPER, c.linear(lighter(color, 20), color, darker(color, 14)))
    with c.clipped(UPPER):
        if s.style == "runner":
            c.path("M200 532c50-90 120-150 250-166-90 50-130 100-150 166z", s.accent)
            c.path("M340 532c30-60 80-100 160-116-50 40-70 76-80 116z", s.accent, opacity=0.7)
        else:
            c.path("M110 290c-10 90-10 170 0 242h98c6-70-14-130-50-190z", s.accent, opacity=0.9)
            stitches(c, "M216 530c4-70-16-132-52-190", lighter(color, 50))
        c.path("M560 396c70 10 120 26 144 72v70H548c-14-50-8-96 12-142z", darker(color, 9))
        stitches(c, "M540 532c-12-50-8-92 10-134", lighter(color, 50))
    c.path("M148 288c26 26 74 30 112 2l-8 24c-38 22-80 18-108-6z", darker(color, 45))
    c.path("M294 232q8-12 24-6l34 20q6 12 12 22l-62 20z", lighter(color, 30))
    c.path(
        "M292 262l62-16C384 310 432 360 500 392l-28 42C396 416 318 352 292 262z", darker(color, 12)
    )
    for step in range(5):
        x, y = 330 + step * 33, 272 + step * 31
        c.line(f"M{x - 18} {y + 22}l44-30", "#000", 11, opacity=0.14)
        c.line(f"M{x - 18} {y + 17}l44-30", "#fffdf8", 10)
    _sole(c, s)


def _sole(c: Canvas, s: PictureSpec) -> None:
    rubber = c.linear("#fbf8f1", "#dcd6ca")
    if s.style == "runner":
        c.path(
            "M96 522c-10 42-6 68 30 76h520c50 0 74-26 66-74-40 24-90 22-150 10-130-18-300-22-466-12z",
            rubber,
        )
        c.path("M100 574q4 34 44 36h500q56-2 68-44-30 26-110 24H150q-36 0-50-16z", s.accent)
    else:
        c.path("M104 522h602q12 6 10 38-4 40-44 40H142q-36 0-38-36-4-30 0-42z", rubber)
        c.line("M106 548h606", darker(s.accent, 10), 5, opacity=0.7)


def boot(c: Canvas, s: PictureSpec) -> None:
    """A Chelsea boot or a laced one, the outer side."""
    color = c.color
    c.shadow(410, 664, 300, 26)
    shaft = "M170 160q110 20 220 0l14 240q100 40 190 76 70 28 70 120H160q-6-120 0-220z"
    c.path(shaft, c.linear(lighter(color, 22), color, darker(color, 22), to=(1, 1)))
    c.path("M520 448q90 24 124 70 20 40 20 78H500q-16-90 20-148z", darker(color, 12), opacity=0.6)
    c.path("M200 190q20 6 40 8-14 180-10 380h-34q-6-200 4-388z", "#fff", opacity=0.16)
    if s.style == "chelsea":
        c.path("M256 200h84l-14 210q-28 14-56 0z", darker(color, 58))
        for step in range(8):
            c.line(f"M{264 + step * 10} 206l-{step - 4} 196", lighter(color, 10), 2, opacity=0.4)
        c.line("M180 164v-40h22v40", s.accent, 9)
    else:
        c.path("M322 172q34-2 68-12l14 240q40 16 70 28l-70 40q-70-50-82-296z", darker(color, 22))
        for step in range(6):
            y = 206 + step * 40
            c.line(f"M328 {y + 10}l74-14", "#e9d9b8", 9)
            c.circle(326, y + 12, 7, "#d8b46a")
        c.path("M160 160q120 24 232 0l2 34q-118 24-236 0z", lighter(color, 12))
    stitches(c, "M514 590q-14-84 20-136M170 470q60 16 120 0", lighter(color, 45))
    c.path(
        "M150 590h520q14 6 10 30H390q-10 0-14 40H156q-10-40-6-70z", c.linear("#4a3a30", "#221a16")
    )
    stitches(c, "M160 602h500", "#e0c490", 4)
