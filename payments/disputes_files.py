"""Files of evidence: kept by the SHA-256 of their bytes, typed by what they are, not what they say."""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from PIL import Image
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db, one
from core.errors import InvalidInput
from payments.asking import Document
from payments.disputes_model import EvidenceFile

SIZE_MAX = 4_500_000  # bytes, all files of one answer together: Stripe takes no more
PIXELS_MAX = 40_000_000
_ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
_PICTURES = {"PNG": "image/png", "JPEG": "image/jpeg"}


class BadFile(InvalidInput):
    message = "Attach a PDF, PNG or JPEG file of at most 4.5 MB."


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept file: its digest, its media type, its size in bytes."""

    digest: str
    media_type: str
    size: int


def store(body: bytes) -> Kept:
    """Keep the bytes, within a use case; twice is once. Raises BadFile."""
    if not 0 < len(body) <= SIZE_MAX:
        raise BadFile()
    kept = Kept(sha256(body).hexdigest(), type_of(body), len(body))
    values = {"id": ids.new_id(), "created_at": clock.now(), "digest": kept.digest}
    row = insert(EvidenceFile).values(**values, media_type=kept.media_type, body=body)
    db.session.execute(row.on_conflict_do_nothing(index_elements=["digest"]))
    return kept


def load(digest: str) -> tuple[bytes, str]:
    """Bytes and media type; raises NotFound."""
    row: EvidenceFile = one(select(EvidenceFile).where(EvidenceFile.digest == digest))
    return row.body, row.media_type


def throw_away(digest: str) -> None:
    """Forget a file that nothing names any more, within a use case."""
    db.session.execute(delete(EvidenceFile).where(EvidenceFile.digest == digest))


def ending_of(media_type: str) -> str:
    """`pdf`, `png` or `jpg`."""
    return _ENDINGS[media_type]


def documents(op_id: int, files: dict[str, str]) -> tuple[Document, ...]:
    """The files of an operation, each under a name by which the gateway can be asked for it."""
    found = []
    for field, digest in sorted(files.items()):
        body, media_type = load(digest)
        found.append(Document(field, f"op-{op_id}-{field}.{ending_of(media_type)}", body))
    return tuple(found)


def type_of(body: bytes) -> str:
    """The media type of these bytes; raises BadFile."""
    if body.startswith(b"%PDF-") and b"%%EOF" in body[-1024:]:
        return "application/pdf"
    try:
        with Image.open(BytesIO(body), formats=tuple(_PICTURES)) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                raise BadFile("This picture has too many pixels. Make it smaller first.")
            picture.verify()
            return _PICTURES[str(picture.format)]
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise BadFile() from None
