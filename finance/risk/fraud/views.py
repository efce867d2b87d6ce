"""A seller's orders to prove, and the cases that admins decide on."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_login import current_user

from core import guards
from core.errors import NotFound
from core.once import once
from finance.risk.fraud import deciding, queries, signals
from finance.risk.fraud.forms import AnswerForm, ProofForm, WhyForm
from finance.risk.fraud.models import FraudProof
from mall import facts

own = Blueprint("own_fraud", __name__, url_prefix="/seller/capital/orders-to-prove")
office = Blueprint("fraud", __name__, url_prefix="/admin/fraud")
guards.require(own, "seller")
guards.require(office, "admin")

YES, NO = "grant", "decline"


def _shop() -> int:
    return facts.seller_of(current_user.id).id


@own.get("/")
def index() -> str:
    return _own_page(ProofForm(formdata=None), "")


def _own_page(form: ProofForm, about: str) -> str:
    orders = queries.own_orders(_shop())
    return render_template("finance/fraud/own.html", orders=orders, form=form, about=about)


@own.post("/<number>")
@once
def prove(number: str) -> Any:
    form = ProofForm()
    if not form.submitted_and_valid:
        return _own_page(form, number), 422
    file = form.file.data
    deciding.prove(
        _shop(),
        number,
        key=form.key.data or "",
        words=form.words.data or "",
        name=file.filename or "" if file else "",
        body=file.read() if file else b"",
    )
    flash("Sent. A person looks at it and answers by message.", "good")
    return redirect(url_for("own_fraud.index"), 303)


@own.get("/files/<int:proof_id>")
def own_file(proof_id: int) -> Response:
    return _file(deciding.document_of(_shop(), proof_id))


def _file(proof: FraudProof) -> Response:
    answer = Response(proof.body, mimetype=proof.media_type)
    answer.headers.set("Content-Disposition", "attachment", filename=proof.name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@office.get("/")
def cases() -> str:
    return render_template(
        "finance/fraud/cases.html",
        rows=queries.open_cases(),
        signals=signals.all_signals(),
        not_computed=signals.not_computed(),
    )


@office.get("/<number>")
def case(number: str) -> str:
    return _case(number, WhyForm(formdata=None))


def _case(number: str, form: WhyForm) -> str:
    view = queries.case_page(number)
    return render_template("finance/fraud/case.html", view=view, form=form, me_id=current_user.id)


@office.get("/files/<int:proof_id>")
def file(proof_id: int) -> Response:
    return _file(deciding.document_of(None, proof_id))


@office.post("/<number>/hold")
@once
def hold(number: str) -> Any:
    form = WhyForm()
    if not form.submitted_and_valid:
        return _case(number, form), 422
    deciding.propose_hold(number, why=form.why.data or "", by=current_user.id)
    flash("Proposed. Another admin decides.", "good")
    return redirect(url_for("fraud.case", number=number), 303)


@office.post("/<number>/lift")
@once
def lift(number: str) -> Any:
    form = WhyForm()
    if not form.submitted_and_valid:
        return _case(number, form), 422
    deciding.lift_hold(number, why=form.why.data or "", by=current_user.id)
    flash("New financing is open again.", "good")
    return redirect(url_for("fraud.case", number=number), 303)


@office.post("/<number>/close")
@once
def close(number: str) -> Any:
    form = WhyForm()
    if not form.submitted_and_valid:
        return _case(number, form), 422
    deciding.close_case(number, why=form.why.data or "", by=current_user.id)
    flash("Closed: its orders count again.", "good")
    return redirect(url_for("fraud.case", number=number), 303)


@office.post("/holds/<int:hold_id>/<word>")
@once
def decide(hold_id: int, word: str) -> Any:
    done = deciding.decide_hold(hold_id, yes=_said_yes(word), by=current_user.id)
    flash("New financing is held." if done.state == "done" else "Refused.", "good")
    return redirect(url_for("fraud.case", number=queries.number_of(done.case_id)), 303)


@office.post("/proofs/<int:proof_id>/<word>")
@once
def answer(proof_id: int, word: str) -> Any:
    form = AnswerForm()
    words = form.answer.data or ""
    done = deciding.answer_proof(proof_id, accept=_said_yes(word), words=words, by=current_user.id)
    flash("It counts again." if done.state == "accepted" else "It stays out.", "good")
    return redirect(url_for("fraud.case", number=queries.number_of(done.case_id)), 303)


def _said_yes(word: str) -> bool:
    if word not in (YES, NO):
        raise NotFound()
    return word == YES
