"""Pictures of what a demo mall sells, drawn as SVG by our own code."""

from collections.abc import Callable
from random import Random

from demo.pictures import (
    brew,
    carried,
    desktop,
    furnish,
    optics,
    play,
    pocket,
    rooms,
    shoes,
    sound,
    sport,
    stove,
    vanity,
    wear,
    wrist,
)  # fmt: skip
from demo.pictures.canvas import Canvas
from demo.pictures.signs import draw_avatar, draw_shop_banner
from demo.pictures.spec import PictureSpec

__all__ = ["DRAWERS", "PictureSpec", "draw", "draw_avatar", "draw_shop_banner"]

DRAWERS: dict[str, Callable[[Canvas, PictureSpec], None]] = {
    "phone": pocket.phone,
    "tablet": pocket.tablet,
    "charger": pocket.charger,
    "cable": pocket.cable,
    "accessory": pocket.accessory,
    "laptop": desktop.laptop,
    "monitor": desktop.monitor,
    "keyboard": desktop.keyboard,
    "mouse": desktop.mouse,
    "headphones": sound.headphones,
    "earbuds": sound.earbuds,
    "speaker": sound.speaker,
    "camera": optics.camera,
    "lens": optics.lens,
    "drone": optics.drone,
    "kettle": stove.kettle,
    "pan": stove.pan,
    "knives": stove.knives,
    "mug": brew.mug,
    "coffee": brew.coffee,
    "blender": brew.blender,
    "lamp": rooms.lamp,
    "chair": rooms.chair,
    "sofa": rooms.sofa,
    "desk": furnish.desk,
    "shelf": furnish.shelf,
    "rug": furnish.rug,
    "plant": furnish.plant,
    "tshirt": wear.tshirt,
    "jacket": wear.jacket,
    "jeans": wear.jeans,
    "dress": wear.dress,
    "sneaker": shoes.sneaker,
    "boot": shoes.boot,
    "watch": wrist.watch,
    "band": wrist.band,
    "backpack": carried.backpack,
    "suitcase": carried.suitcase,
    "handbag": carried.handbag,
    "wallet": carried.wallet,
    "bicycle": sport.bicycle,
    "tent": sport.tent,
    "mat": sport.mat,
    "dumbbell": sport.dumbbell,
    "ball": sport.ball,
    "racket": sport.racket,
    "blocks": play.blocks,
    "robot": play.robot,
    "puzzle": play.puzzle,
    "book": play.book,
    "perfume": vanity.perfume,
    "cream": vanity.cream,
    "lipstick": vanity.lipstick,
}
# Things that lie on the paper rather than stand on a floor.
FLAT = {"tshirt", "jacket", "jeans", "dress", "rug", "puzzle", "knives", "pan", "watch", "band"}


def draw(spec: PictureSpec, color: str, rng: Random) -> str:
    """An 800 by 800 SVG of the thing in a color (#rrggbb), 2 to 8 kB.

    `rng` only names the gradients, so that several pictures can stand in one page.
    """
    canvas = Canvas(rng, color, spec.accent)
    canvas.backdrop(spec.backdrop, floor=spec.kind not in FLAT)
    DRAWERS[spec.kind](canvas, spec)
    return canvas.svg(f"Picture of a product: {spec.kind}")
