"""The pages on which sellers and admins make and revoke their programs' keys."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core.errors import DomainError
from core.guards import require
from mall.api import services
from mall.api.forms import KeyForm
from mall.sellers.console import for_open_shops

bp = Blueprint("seller_api_keys", __name__, url_prefix="/seller/api-keys")
for_open_shops(bp)
office = Blueprint("office_api_keys", __name__, url_prefix="/admin/api-keys")
require(office, "admin")


def index() -> Any:
    return _page(KeyForm())


def make() -> Any:
    """Shows the secret once; so nothing of this answer is kept for a second click.

    That one is refused, since the name is taken.
    """
    form = KeyForm()
    if not form.submitted_and_valid:
        return _page(form), 422
    try:
        made = services.make_key(current_user.id, form.name.data or "", form.scope.data)
    except DomainError as refusal:
        form.name.errors = [str(refusal)]
        return _page(form), 422
    return _page(KeyForm(formdata=None), made=made), 200, {"Cache-Control": "no-store"}


def revoke(key_id: int) -> Any:
    services.revoke(key_id, current_user.id)
    flash("The key is revoked: it opens nothing any more.", "good")
    return redirect(url_for(".index"), 303)


def _page(form: KeyForm, made: services.NewKey | None = None) -> str:
    return render_template(
        "mall/api/keys.html",
        keys=services.of_person(current_user.id),
        form=form,
        made=made,
        base=f"{request.url_root}api/v1",
    )


for room in (bp, office):
    room.add_url_rule("", "index", index)
    room.add_url_rule("", "make", make, methods=["POST"])
    room.add_url_rule("/<int:key_id>/revoke", "revoke", revoke, methods=["POST"])
