"""Draws sneakers and boots from the side."""

from demo.pictures.canvas import Canvas, darker, lighter
from demo.pictures.parts import stitches
from demo.pictures.spec import PictureSpec


def sneaker(c: Canvas, s: PictureSpec) -> None:
    """A court shoe or a runner, its twin half behind."""
    c.shadow(400, 610, 340, 28)
    with c.moved("translate(60 -46) scale(.94)"):
        _shoe(c, s, darker(c.color, 12))
    _shoe(c, s, c.color)


def _shoe(c: Canvas, s: PictureSpec, color: str) -> None:
    runner = s.style == "runner"
    sole = "#fbf8f1"
    upper = "M120 400q-4-90 20-124 40 24 92 8 30-40 70-54 60 90 150 120 130 40 190 80 50 34 44 110H116q0-80 4-140z"
    c.path(upper, c.linear(lighter(color, 18), color, darker(color, 14)))
    c.path("M232 284q30-40 70-54 40 60 92 92l-92 66q-50-40-70-104z", lighter(color, 24))
    c.path("M140 276q40 24 92 8l-12 44q-50 8-92-16z", darker(color, 40))
    c.path("M560 404q70 24 92 60 14 30 8 76H520q-10-90 40-136z", darker(color, 8), opacity=0.9)
    if runner:
        c.path("M190 520q60-130 250-150-120 50-150 150z", s.accent)
        c.path("M330 520q40-80 150-116-60 50-70 116z", s.accent, opacity=0.7)
    else:
        c.path("M120 400q30 20 90 10l20 120H116q0-70 4-130z", s.accent, opacity=0.9)
        stitches(c, "M520 530q-8-80 36-122M236 530l-22-120", darker(color, 35))
    for step in range(5):
        x, y = 306 + step * 32, 262 + step * 25
        c.line(f"M{x - 26} {y + 34}l48-30", "#fffdf8", 11)
        c.line(f"M{x - 26} {y + 38}l48-30", "#000", 2, opacity=0.15)
    if runner:
        c.path(
            "M92 530q-16 66 40 72h480q80 0 76-60-4-20-16-30-60 40-180 20t-400-2z",
            c.linear(sole, "#dcd6ca"),
        )
        c.path("M96 574q0 30 40 36h470q70 0 78-46-40 26-120 20t-468-10z", s.accent)
    else:
        c.path(
            "M104 524h566q20 4 16 40-4 36-40 36H136q-34 0-36-34-2-36 4-42z",
            c.linear(sole, "#ddd7cb"),
        )
        c.line("M110 548h568", darker(s.accent, 10), 5, opacity=0.7)
    c.path("M160 330q30 10 50 4l-8 60q-30 4-50-4z", "#fff", opacity=0.14)


def boot(c: Canvas, s: PictureSpec) -> None:
    """A Chelsea boot or a laced one, its twin half behind."""
    c.shadow(400, 668, 300, 28)
    with c.moved("translate(84 -34) scale(.94)"):
        _boot(c, s, darker(c.color, 16))
    _boot(c, s, c.color)


def _boot(c: Canvas, s: PictureSpec, color: str) -> None:
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
