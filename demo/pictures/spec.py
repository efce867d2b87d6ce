"""What a picture shows, apart from the color of the thing in it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PictureSpec:
    """Everything a drawer needs to know: the same spec and color give the same picture."""

    kind: str  # which drawer, for instance "phone"
    style: str  # the drawer's variant, for instance "triple"; "" is the plain one
    proportion: int  # -10 (slender) to 10 (stout)
    accent: str  # second color, as #rrggbb
    backdrop: str  # a name of `pictures.canvas.BACKDROPS`
    seed: int  # for small details: book titles, blossoms, speckles
