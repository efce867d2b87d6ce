"""What one was told, read or not, and in which language."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core.guards import require
from core.messages import reading, sending
from mall.accounts.rules import safe_path
from mall.messages.forms import LanguageForm

bp = Blueprint("messages", __name__, url_prefix="/account/messages")
require(bp, "person")


@bp.get("")
def index() -> Any:
    before = request.args.get("before", type=int)
    found = reading.messages_of(current_user.id, before=before)
    shown = found[: reading.PAGE]
    form = LanguageForm(language=sending.language_of(current_user.id))
    return render_template(
        "mall/messages/index.html",
        messages=shown,
        older=shown[-1].id if len(found) > len(shown) else None,
        before=before,
        mails=reading.mails_of([each.id for each in shown]),
        by_mail=bool(current_app.config["MAIL_URL"]),
        form=form,
    )


@bp.post("/<int:message_id>/open")
def read(message_id: int) -> Any:
    """Read it, and go where it leads."""
    message = reading.message_of(current_user.id, message_id)
    sending.mark_read(current_user.id, message_id, only=True)
    return redirect(safe_path(message.link, url_for(".index")))


@bp.post("/read")
def read_all() -> Any:
    """Read all up to the newest that the page showed."""
    sending.mark_read(current_user.id, request.form.get("up_to", 0, type=int))
    return redirect(url_for(".index"))


@bp.post("/language")
def language() -> Any:
    form = LanguageForm()
    if form.submitted_and_valid:
        sending.wish(current_user.id, form.language.data)
        flash("We write to you in this language from now on.", "success")
    else:
        flash("Choose one of the languages.", "warning")
    return redirect(url_for(".index"))
