"""Pictures, kept once by the SHA-256 of their bytes."""

from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db
from core.errors import InvalidInput
from core.use_case import use_case
from mall.catalog.models import Picture

SIDE_MAX = 1600  # pixels
PIXELS_MAX = 40_000_000  # more would take too much memory to open
_FORMATS = ("PNG", "JPEG", "WEBP")
_TRUSTED = {"image/svg+xml", "image/webp", "image/png", "image/jpeg"}


class BadPicture(InvalidInput):
    message = "Upload a picture as PNG, JPEG or WebP, at most 4 MB."


@use_case
def store(body: bytes, media_type: str) -> str:
    """Keep bytes made by our own code (SVG too) and return their digest; twice is once."""
    if media_type not in _TRUSTED:
        raise BadPicture()
    digest = sha256(body).hexdigest()
    db.session.execute(
        insert(Picture)
        .values(
            id=ids.new_id(),
            created_at=clock.now(),
            digest=digest,
            media_type=media_type,
            body=body,
        )
        .on_conflict_do_nothing(index_elements=["digest"])
    )
    return digest


def store_upload(body: bytes) -> str:
    """Keep a stranger's picture: decoded, turned upright, at most 1600 px, written anew as WebP.

    Nothing of the file but its pixels survives; raises BadPicture.
    """
    return store(_as_webp(body), "image/webp")


def load(digest: str) -> tuple[bytes, str] | None:
    """Bytes and media type of a picture, if there is one."""
    row = db.session.execute(
        select(Picture.body, Picture.media_type).where(Picture.digest == digest)
    ).one_or_none()
    return (row.body, row.media_type) if row else None


def _as_webp(body: bytes) -> bytes:
    try:
        with Image.open(BytesIO(body), formats=_FORMATS) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                raise BadPicture("This picture has too many pixels. Make it smaller first.")
            picture = ImageOps.exif_transpose(opened)
            picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
            picture.thumbnail((SIDE_MAX, SIDE_MAX), Image.Resampling.LANCZOS)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise BadPicture() from None
    out = BytesIO()
    picture.save(out, "WEBP", quality=82, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()
