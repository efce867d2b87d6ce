"""Files that prove something: attached by sellers and admins, seen by them only, sent to the bank."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select

from core.db import db, one
from core.errors import Conflict, InvalidInput
from core.use_case import use_case
from mall.disputes import casework
from mall.disputes.models import DisputeCase, DisputeDocument, DisputeShare
from payments import disputes_files
from payments.disputes_files import SIZE_MAX

KINDS: dict[str, str] = {
    "shipping_documentation": "Proof of shipping or delivery",
    "customer_communication": "Messages with the buyer",
    "receipt": "Receipt or invoice",
    "customer_signature": "The buyer's signature",
    "service_documentation": "What was agreed",
    "refund_policy": "Refund policy as it was shown",
    "duplicate_charge_documentation": "Proof that it was no double payment",
    "uncategorized_file": "Something else",
}


class OneOfAKind(Conflict):
    message = "There is a file of this kind already: remove it first, or choose another kind."


class TooLarge(InvalidInput):
    message = "The bank takes 4.5 MB of files in all. Make this one smaller, or remove another."


@use_case
def attach(
    number: str, *, field: str, name: str, body: bytes, by: str, seller_id: int | None = None
) -> DisputeDocument:
    """Put a file beside the words, while nothing was handed in; the same file again is the same.

    Raises NotFound for a stranger's dispute, AnsweredAlready, BadFile, OneOfAKind, TooLarge.
    """
    case = casework.locked(number)
    casework.check_open(case, seller_id)
    if field not in KINDS:
        raise InvalidInput("Say what kind of file this is.")
    kept = disputes_files.store(body)
    there = _of(case.id)
    for each in there:
        if each.field == field and each.digest == kept.digest:
            return each
        if each.field == field:
            raise OneOfAKind()
    if sum(each.size for each in there) + kept.size > SIZE_MAX:
        raise TooLarge()
    document = DisputeDocument(
        case_id=case.id,
        seller_id=seller_id,
        field=field,
        name=_clean(name, kept.media_type),
        digest=kept.digest,
        media_type=kept.media_type,
        size=kept.size,
        added_by=by,
    )
    db.session.add(document)
    db.session.flush()
    return document


def _clean(name: str, media_type: str) -> str:
    """Its last part, without what no file name holds, and with the ending of what it is."""
    last = name.replace("\\", "/").rpartition("/")[2]
    stem = "".join(c for c in last if c.isprintable() and c not in '"<>:|?*')
    stem = stem.rpartition(".")[0] or stem or "file"
    return f"{stem[:100].strip()}.{disputes_files.ending_of(media_type)}"


@use_case
def remove(number: str, document_id: int, *, seller_id: int | None = None) -> None:
    """Take a file away again, while nothing was handed in; a seller only one of her own."""
    case = casework.locked(number)
    casework.check_open(case, seller_id)
    query = select(DisputeDocument).where(
        DisputeDocument.id == document_id, DisputeDocument.case_id == case.id
    )
    if seller_id is not None:
        query = query.where(DisputeDocument.seller_id == seller_id)
    document: DisputeDocument | None = db.session.scalars(query).one_or_none()
    if document is None:
        return  # gone already
    db.session.delete(document)
    db.session.flush()
    others = select(DisputeDocument.id).where(DisputeDocument.digest == document.digest)
    if db.session.scalar(others.limit(1)) is None and not case.op_id:
        disputes_files.throw_away(document.digest)


def listed(number: str, seller_id: int | None = None) -> Sequence[DisputeDocument]:
    """The files of a dispute that its reader may see: a seller her own, an admin all."""
    query = select(DisputeDocument).join(DisputeCase).where(DisputeCase.number == number)
    return db.session.scalars(query.where(*_seen_by(seller_id)).order_by(DisputeDocument.id)).all()


def opened(
    number: str, document_id: int, seller_id: int | None = None
) -> tuple[DisputeDocument, bytes]:
    """A file and its bytes; raises NotFound for whoever is no party."""
    query = (
        select(DisputeDocument)
        .join(DisputeCase)
        .where(DisputeCase.number == number, DisputeDocument.id == document_id)
    )
    document: DisputeDocument = one(query.where(*_seen_by(seller_id)))
    return document, disputes_files.load(document.digest)[0]


def _seen_by(seller_id: int | None) -> list[ColumnElement[bool]]:
    if seller_id is None:
        return []
    return [_is_in_it(seller_id), DisputeDocument.seller_id == seller_id]


def check_party(number: str, seller_id: int | None) -> None:
    """Raises NotFound for a dispute that is not there, or not this seller's."""
    query = select(DisputeCase).where(DisputeCase.number == number)
    if seller_id is not None:
        query = query.where(_is_in_it(seller_id))
    one(query)


def _is_in_it(seller_id: int) -> ColumnElement[bool]:
    return exists().where(
        DisputeShare.case_id == DisputeCase.id, DisputeShare.seller_id == seller_id
    )


def _of(case_id: int) -> Sequence[DisputeDocument]:
    query = select(DisputeDocument).where(DisputeDocument.case_id == case_id)
    return db.session.scalars(query).all()
