"""A sheet to draw on: shapes, gradients and soft shadows as plain SVG, no style sheets."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

# Wall above, wall below, floor: soft studio papers.
BACKDROPS = {
    "linen": ("#f7f3ec", "#ebe3d6", "#ddd2c1"),
    "mist": ("#f1f5f6", "#dfe8ea", "#cdd9dc"),
    "blush": ("#faf1ee", "#f1dfd9", "#e4cdc5"),
    "sage": ("#f2f5ee", "#e0e8d9", "#cedac5"),
    "dusk": ("#f2f1f7", "#e1dfec", "#d0cde0"),
    "sun": ("#faf5e8", "#f2e6c8", "#e6d6ae"),
    "stone": ("#f4f4f3", "#e5e5e2", "#d5d5d1"),
}


class Canvas:
    """Collects SVG elements; gradients go to the definitions under names of this sheet."""

    def __init__(self, rng: Random, color: str, accent: str, width: int = 800, height: int = 800):
        self.rng = rng
        self.color = color
        self.accent = accent
        self.size = (width, height)
        # Several pictures may stand in one page: their gradients must not share names.
        self._prefix = f"g{rng.getrandbits(28):x}"
        self._defs: dict[str, str] = {}
        self._body: list[str] = []

    def linear(self, *stops: str, to: tuple[int, int] = (0, 1)) -> str:
        """A fill that runs from the first color to the last, downward unless `to` says."""
        marks = _marks(stops)
        return self._define("linearGradient", f'x2="{to[0]}" y2="{to[1]}"', marks)

    def radial(self, *stops: str, cx: str = ".35", cy: str = ".3", r: str = ".8") -> str:
        """A fill that spreads from a point of light at (cx, cy)."""
        return self._define("radialGradient", f'cx="{cx}" cy="{cy}" r="{r}"', _marks(stops))

    def body(self, color: str | None = None, depth: int = 18) -> str:
        """The usual fill of a solid thing: lit from the upper left."""
        base = color or self.color
        return self.linear(lighter(base, depth), base, darker(base, depth), to=(1, 1))

    def barrel(self, color: str | None = None) -> str:
        """The fill of something round that stands upright: edges dark, a light left of middle."""
        base = color or self.color
        return self.linear(darker(base, 22), lighter(base, 16), base, darker(base, 30), to=(1, 0))

    def rect(
        self, x: float, y: float, w: float, h: float, fill: str, r: float = 0, **more: object
    ) -> None:
        """A rectangle with its upper left corner at (x, y) and corners rounded by r."""
        rounding = f' rx="{short(r)}"' if r else ""
        self._add(
            f'<rect x="{short(x)}" y="{short(y)}" width="{short(w)}" height="{short(h)}"'
            f'{rounding} fill="{fill}"{_more(more)}/>'
        )

    def circle(self, x: float, y: float, r: float, fill: str, **more: object) -> None:
        """A disc around (x, y)."""
        self._add(
            f'<circle cx="{short(x)}" cy="{short(y)}" r="{short(r)}" fill="{fill}"{_more(more)}/>'
        )

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str, **more: object) -> None:
        """An ellipse around (x, y)."""
        self._add(
            f'<ellipse cx="{short(x)}" cy="{short(y)}" rx="{short(rx)}" ry="{short(ry)}"'
            f' fill="{fill}"{_more(more)}/>'
        )

    def path(self, d: str, fill: str = "none", **more: object) -> None:
        """Any outline, in SVG path letters."""
        self._add(f'<path d="{d}" fill="{fill}"{_more(more)}/>')

    def line(self, d: str, stroke: str, width: float, **more: object) -> None:
        """A stroke along a path, with round ends unless told otherwise."""
        ends = {"stroke_linecap": "round", "stroke_linejoin": "round"} | more
        self._add(
            f'<path d="{d}" fill="none" stroke="{stroke}" stroke-width="{short(width)}"'
            f"{_more(ends)}/>"
        )

    @contextmanager
    def moved(self, transform: str) -> Iterator[None]:
        """Everything drawn inside is moved, turned or scaled."""
        self._add(f'<g transform="{transform}">')
        yield
        self._add("</g>")

    @contextmanager
    def clipped(self, d: str) -> Iterator[None]:
        """Everything drawn inside shows only within the path."""
        name = f"{self._prefix}c{len(self._defs)}"
        self._defs[name] = f'<clipPath id="{name}"><path d="{d}"/></clipPath>'
        self._add(f'<g clip-path="url(#{name})">')
        yield
        self._add("</g>")

    def backdrop(self, name: str, floor: bool = True) -> None:
        """A lit paper wall that bends softly into a floor, or paper seen from above."""
        top, low, ground = BACKDROPS[name]
        width, height = self.size
        self.rect(0, 0, width, height, self.radial(top, low, cx=".42", cy=".32"))
        if floor:
            self.rect(
                0, height * 0.74, width, height * 0.26, self.linear(low, ground), opacity=0.75
            )

    def shadow(self, x: float, y: float, rx: float, ry: float = 0, strength: float = 0.42) -> None:
        """A soft shadow on the floor, darkest where the thing touches it."""
        fade = self._define(
            "radialGradient",
            "",
            f'<stop stop-color="#2a2420" stop-opacity="{strength}"/>'
            f'<stop offset=".55" stop-color="#2a2420" stop-opacity="{strength * 0.45:.2f}"/>'
            '<stop offset="1" stop-color="#2a2420" stop-opacity="0"/>',
        )
        self.oval(x, y, rx * 1.18, (ry or rx * 0.13) * 1.2, fade)

    def shine(self, d: str, opacity: float = 0.35) -> None:
        """A white highlight within an outline."""
        self.path(d, "#fff", opacity=opacity)

    def svg(self, title: str) -> str:
        """The finished sheet."""
        width, height = self.size
        defs = f"<defs>{''.join(self._defs.values())}</defs>" if self._defs else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">'
            f"<title>{title}</title>{defs}{''.join(self._body)}</svg>"
        )

    def _add(self, element: str) -> None:
        self._body.append(element)

    def _define(self, tag: str, where: str, marks: str) -> str:
        """Names a gradient once, however often it is used."""
        for name, text in self._defs.items():
            if text == f'<{tag} id="{name}" {where}>{marks}</{tag}>':
                return f"url(#{name})"
        name = f"{self._prefix}{len(self._defs)}"
        self._defs[name] = f'<{tag} id="{name}" {where}>{marks}</{tag}>'
        return f"url(#{name})"


def short(value: float) -> str:
    """A coordinate with at most one decimal."""
    return f"{value:.1f}".rstrip("0").rstrip(".")


def mix(color: str, other: str, percent: int) -> str:
    """`percent` of the way from one #rrggbb to another."""
    a, b = (tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in (color, other))
    return "#" + "".join(
        f"{(x * (100 - percent) + y * percent) // 100:02x}" for x, y in zip(a, b, strict=True)
    )


def lighter(color: str, percent: int) -> str:
    """Toward a warm white."""
    return mix(color, "#fffaf2", percent)


def darker(color: str, percent: int) -> str:
    """Toward a cool near-black."""
    return mix(color, "#15141c", percent)


def pale(color: str) -> bool:
    """Whether dark marks read better on it than light ones."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return red * 299 + green * 587 + blue * 114 > 150_000


def ink(color: str) -> str:
    """A quiet color for small marks on `color`."""
    return darker(color, 55) if pale(color) else lighter(color, 65)


def _marks(stops: tuple[str, ...]) -> str:
    last = max(1, len(stops) - 1)
    return "".join(
        f'<stop offset="{short(100 * place / last)}%" stop-color="{color}"/>'
        for place, color in enumerate(stops)
    )


def _more(more: dict[str, object]) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in more.items())
