"""What a funding bank's own people see and propose: their bank, never another."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core import guards
from core.once import once
from finance.funding import asking, changes, files, members, portfolio, queries, reports, vintages
from finance.funding.forms import CommitmentForm, PlaceForm, ResumeForm
from finance.funding.models import Funder

bp = Blueprint("bank", __name__, url_prefix="/bank")
guards.require(bp, members.ROLE)


def _bank() -> Funder:
    return members.bank_of_person(current_user.id)


@bp.get("/")
def index() -> str:
    return render_template("finance/funding/bank.html", **figures_of(_bank()))


def figures_of(bank: Funder) -> dict[str, Any]:
    """The same figures for the bank and for admins."""
    since, until = portfolio.this_month()
    return {
        "bank": bank,
        "places": portfolio.places(bank),
        "classes": portfolio.by_class(bank),
        "made": vintages.vintages(bank),
        "balances": reports.trial_balance(bank.code),
        "since": since,
        "until": until,
    }


@bp.get("/participations")
def participations() -> str:
    bank, page, of_class = _bank(), _number("page", 1), _class()
    return render_template(
        "finance/funding/participations.html",
        bank=bank,
        page=portfolio.participations(bank, page, of_class),
        classes=portfolio.names(),
        chosen=of_class,
    )


def _number(name: str, least: int) -> int:
    text = request.args.get(name, "")
    return max(least, int(text)) if text.isdecimal() and len(text) < 6 else least


def _class() -> int | None:
    text = request.args.get("class", "")
    keys = {str(key): key for key in portfolio.names()}
    return keys.get(text)


@bp.get("/participations/<code>")
def participation(code: str) -> str:
    bank = _bank()
    return render_template(
        "finance/funding/participation.html", bank=bank, view=portfolio.loan(bank, code)
    )


@bp.get("/files/cashflows.csv")
def cashflows() -> Any:
    since, until = files.days(request.args.get("from"), request.args.get("to"))
    return files.cashflows(_bank(), since, until)


@bp.get("/files/trial-balance.csv")
def trial_balance() -> Any:
    return files.trial_balance(_bank())


@bp.get("/proposals")
def proposals() -> str:
    return _proposals()


def _proposals(**forms: Any) -> str:
    bank = _bank()
    found = queries.changes_of(bank)
    return render_template(
        "finance/funding/proposals.html",
        bank=bank,
        changes=found,
        own=queries.own_proposals(bank, found),
        commitment=forms.get("commitment") or asking.commitment(bank),
        resume=forms.get("resume") or ResumeForm(formdata=None),
        places=[
            (step, forms.get("place") if step.product == forms.get("product") else None)
            for step in portfolio.places(bank)
        ],
        form_of_place=asking.place,
    )


@bp.post("/proposals/commitment")
@once
def propose_commitment() -> Any:
    form = CommitmentForm()
    if not form.submitted_and_valid:
        return _proposals(commitment=form), 422
    asking.propose_commitment(_bank(), form, by=current_user.id)
    return _proposed()


@bp.post("/proposals/places/<product>")
@once
def propose_place(product: str) -> Any:
    form = PlaceForm(prefix=f"{product}-")
    if not form.submitted_and_valid:
        asking.check_place(_bank(), product)
        return _proposals(place=form, product=product), 422
    asking.propose_place(_bank(), product, form, by=current_user.id)
    return _proposed()


@bp.post("/proposals/resume")
@once
def propose_resume() -> Any:
    form = ResumeForm()
    if not form.submitted_and_valid:
        return _proposals(resume=form), 422
    why = form.why.data or ""
    changes.propose(changes.RESUME, _bank().code, {}, why=why, by=current_user.id)
    return _proposed()


@bp.post("/proposals/<int:change_id>/withdraw")
@once
def withdraw(change_id: int) -> Any:
    changes.withdraw(change_id, _bank(), by=current_user.id)
    flash("Taken back. Nothing changes.", "good")
    return redirect(url_for(".proposals"), 303)


@bp.post("/pause")
@once
def pause() -> Any:
    changes.pause(_bank().code)
    flash("Paused. You lend nothing new from now on; what is lent runs on.", "good")
    return redirect(url_for(".index"), 303)


def _proposed() -> Any:
    flash("Proposed. The mall's office decides.", "good")
    return redirect(url_for(".proposals"), 303)
