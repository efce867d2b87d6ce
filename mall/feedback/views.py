"""Favorites, reviews and questions, as shoppers use them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core.guards import require
from mall.accounts.rules import safe_path
from mall.feedback import queries, services
from mall.feedback.forms import QuestionForm, ReviewForm

bp = Blueprint("feedback", __name__)
own = Blueprint("own_feedback", __name__, url_prefix="/account")
require(own, "person")


@bp.post("/p/<slug>/favorite")
def favorite(slug: str) -> Any:
    back = safe_path(request.form.get("next"), url_for("catalog.product", slug=slug))
    if not current_user.is_authenticated:
        flash("Sign in to keep favorites.", "info")
        return redirect(url_for("accounts.sign_in", next=back))
    product_id, _ = queries.product_id(slug)
    services.toggle_favorite(current_user.id, product_id)
    return redirect(back)


@bp.post("/p/<slug>/questions")
def ask(slug: str) -> Any:
    page = url_for("catalog.product", slug=slug, _anchor="questions")
    if not current_user.is_authenticated:
        flash("Sign in to ask the shop.", "info")
        return redirect(url_for("accounts.sign_in", next=url_for("catalog.product", slug=slug)))
    form = QuestionForm()
    if form.submitted_and_valid:
        product_id, _ = queries.product_id(slug)
        services.ask(product_id, current_user.id, form.text.data or "")
        flash("Your question is with the shop.", "success")
    else:
        flash(" ".join(form.text.errors) or "Write your question first.", "warning")
    return redirect(page)


@own.get("/favorites")
def favorites() -> Any:
    liked = queries.favorites(current_user.id)
    return render_template("mall/feedback/favorites.html", favorites=liked)


@own.get("/reviews")
def reviews() -> Any:
    return render_template(
        "mall/feedback/reviews.html",
        waiting=queries.to_review(current_user.id),
        written=queries.written(current_user.id),
    )


@own.route("/reviews/<int:line_id>", methods=["GET", "POST"])
def review(line_id: int) -> Any:
    line = queries.line_to_review(line_id, current_user.id)
    form = ReviewForm()
    if form.submitted_and_valid:
        services.review(line.id, current_user.id, int(form.stars.data), form.text.data or "")
        flash("Thank you. Your review is on the product's page.", "success")
        return redirect(url_for(".reviews"))
    status = 422 if request.method == "POST" else 200
    return render_template("mall/feedback/review.html", form=form, line=line), status
