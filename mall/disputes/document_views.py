"""Files of a dispute on its pages: attached, looked at, taken away; the same for both consoles."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, flash, redirect, url_for

from mall.disputes import documents
from mall.disputes.forms import DocumentForm


def add_to(bp: Blueprint, who: Callable[[], tuple[str, int | None]]) -> None:
    """Give a console the addresses; `who` says who acts (`seller:ID`), and for which seller."""

    @bp.post("/<number>/documents")
    def attach(number: str) -> Any:
        form, (by, seller_id) = DocumentForm(), who()
        documents.check_party(number, seller_id)
        if form.submitted_and_valid:
            file = form.file.data
            documents.attach(
                number,
                field=form.field.data,
                name=file.filename or "",
                body=file.read(),
                by=by,
                seller_id=seller_id,
            )
            flash("The file goes to the bank with the answer.", "good")
        else:
            flash(" ".join(form.file.errors) or "Say what kind of file this is.", "warning")
        return redirect(url_for(".show", number=number))

    @bp.get("/<number>/documents/<int:document_id>")
    def document(number: str, document_id: int) -> Any:
        found, body = documents.opened(number, document_id, who()[1])
        answer = Response(body, mimetype=found.media_type)
        answer.headers.set("Content-Disposition", "attachment", filename=found.name)
        answer.headers["Cache-Control"] = "private, no-store"
        return answer

    @bp.post("/<number>/documents/<int:document_id>/remove")
    def remove_document(number: str, document_id: int) -> Any:
        documents.remove(number, document_id, seller_id=who()[1])
        flash("The file is gone.", "good")
        return redirect(url_for(".show", number=number))
