"""A seller's disputes: the list, one with its evidence, words, and handing in."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from core.once import once
from mall.disputes import document_views, queries, services
from mall.disputes.documents import KINDS
from mall.disputes.forms import AnswerForm, DocumentForm, WordsForm
from mall.sellers.console import for_open_shops, shop

bp = Blueprint("seller_disputes", __name__, url_prefix="/seller/disputes")
for_open_shops(bp)
document_views.add_to(bp, lambda: (f"seller:{shop().id}", shop().id))


@bp.get("")
def index() -> str:
    view = "decided" if request.args.get("view") == "decided" else "open"
    found = queries.page_of_seller(shop().id, view, request.args.get("page", 1, type=int))
    return render_template("mall/disputes/index.html", found=found, view=view, whose="seller")


@bp.get("/<number>")
def show(number: str) -> Any:
    file = queries.of_seller(number, shop().id)
    return _page(file, WordsForm(text=_words(file)))


def _words(file: queries.DisputeFile) -> str:
    return next((each.share.words for each in file.shares if each.share.words), "")


def _page(file: queries.DisputeFile, form: WordsForm) -> Any:
    page = render_template(
        "mall/disputes/seller.html", file=file, form=form, document_form=DocumentForm(), kinds=KINDS
    )
    return page, 422 if form.errors else 200


@bp.post("/<number>/words")
@once
def words(number: str) -> Any:
    form, seller = WordsForm(), shop()
    if not form.submitted_and_valid:
        return _page(queries.of_seller(number, seller.id), form)
    services.add_words(number, seller.id, form.text.data or "")
    flash("Your words are part of the answer.", "good")
    return redirect(url_for(".show", number=number))


@bp.post("/<number>/answer")
@once
def answer(number: str) -> Any:
    seller, form = shop(), AnswerForm()
    if form.submitted_and_valid:
        by, key = f"seller:{seller.id}", form.key.data or ""
        if services.hand_in(number, by=by, seller_id=seller.id, key=key):
            flash("The bank has your side now. It decides, usually within a few weeks.", "good")
        else:
            flash("The answer was not taken. Look at what it says, and hand it in again.", "bad")
    return redirect(url_for(".show", number=number))
