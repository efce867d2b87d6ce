"""Pieces that several drawers share: landscapes for screens and prints, cloth, lenses."""

from random import Random

from demo.pictures.canvas import Canvas, darker, lighter, mix

Box = tuple[int, int, int, int]  # x, y, width, height


def rounded(box: Box, r: int) -> str:
    """The outline of a rounded rectangle, for clipping."""
    x, y, w, h = box
    return (
        f"M{x + r} {y}h{w - 2 * r}a{r} {r} 0 0 1 {r} {r}v{h - 2 * r}a{r} {r} 0 0 1 {-r} {r}"
        f"h{2 * r - w}a{r} {r} 0 0 1 {-r} {-r}v{2 * r - h}a{r} {r} 0 0 1 {r} {-r}z"
    )


def landscape(c: Canvas, box: Box, r: int, hue: str, seed: int) -> None:
    """Hills before a low sun, for screens, covers and prints."""
    x, y, w, h = box
    dice = Random(seed)
    sky = c.linear(mix(hue, "#31406b", 55), mix(hue, "#f6c9a0", 45), "#fbe7cf")
    with c.clipped(rounded(box, r)):
        c.rect(x, y, w, h, sky)
        sun = x + w * dice.randint(25, 75) // 100
        c.circle(sun, y + h * 52 // 100, w * 11 // 100 + 8, "#fff3d9", opacity=0.9)
        for layer in range(3):
            c.path(_hill(dice, box, 55 + layer * 13), darker(mix(hue, "#46608a", 45), layer * 22))


def _hill(dice: Random, box: Box, percent: int) -> str:
    x, y, w, h = box
    base = y + h * percent // 100
    swing = min(h, w) * dice.randint(8, 17) // 100 * dice.choice((-1, 1))
    return (
        f"M{x} {base}C{x + w // 3} {base - swing * 2} {x + w // 2} {base + swing * 2} "
        f"{x + w} {base - swing}V{y + h}H{x}z"
    )


def glass_eye(c: Canvas, x: int, y: int, r: int) -> None:
    """A camera lens seen from the front."""
    c.circle(x, y, r, c.linear("#5a5d66", "#15161b", to=(1, 1)))
    c.circle(x, y, r * 0.78, "#0d0e13")
    c.circle(x, y, r * 0.6, c.radial("#6f8fd0", "#2b2f5e", "#0c0d16"))
    c.oval(x - r * 0.22, y - r * 0.26, r * 0.2, r * 0.13, "#fff", opacity=0.7)


def cloth_shadow(c: Canvas, outline: str) -> None:
    """The shadow of something flat that lies on paper, soft through three thin layers."""
    for step, opacity in ((26, 0.05), (17, 0.07), (9, 0.1)):
        with c.moved(f"translate({step // 2} {step})"):
            c.path(outline, "#2a2420", opacity=opacity)


def stitches(c: Canvas, d: str, color: str, width: int = 3) -> None:
    """A sewn seam."""
    c.line(d, color, width, stroke_dasharray="9 8", opacity=0.75)


def wheel(c: Canvas, x: int, y: int, r: int, rim: str) -> None:
    """A bicycle wheel with spokes and a tire."""
    c.circle(x, y, r, "none", stroke="#26282d", stroke_width=17)
    c.circle(x, y, r - 12, "none", stroke=rim, stroke_width=6)
    spokes = "".join(f"M{x} {y}l{dx * (r - 14) // 100} {dy * (r - 14) // 100}" for dx, dy in SPOKES)
    c.line(spokes, "#8b9097", 2)
    c.circle(x, y, 12, "#4a4d54")


SPOKES = (
    (100, 0), (87, 50), (50, 87), (0, 100), (-50, 87), (-87, 50),
    (-100, 0), (-87, -50), (-50, -87), (0, -100), (50, -87), (87, -50),
)  # fmt: skip


def leg(c: Canvas, x: int, top: int, foot: int, lean: int, wood: str, width: int = 18) -> None:
    """A tapered furniture leg that leans outward by `lean`."""
    c.path(
        f"M{x} {top}h{width}L{x + lean + width - 5} {foot}h{10 - width}z",
        c.linear(lighter(wood, 12), darker(wood, 18), to=(1, 0)),
    )
