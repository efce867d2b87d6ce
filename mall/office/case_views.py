"""Cases for admins: what is in doubt, what is known about it, and how it ends."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from wtforms import StringField

from core.errors import DomainError, InvalidInput, NotFound
from core.forms import BaseForm
from core.guards import require
from core.once import once
from ledger import book
from mall.accounts import queries as people
from mall.office import case_words
from mall.office.bank_forms import AssignForm, CloseForm, OtherCaseForm, PersonForm
from payments import bank_cases, cases
from payments import services as payments
from payments.case_words import KINDS
from payments.rests import services as rests

bp = Blueprint("office_cases", __name__, url_prefix="/admin/cases")
require(bp, "admin")


@bp.get("")
def index() -> str:
    state = "closed" if request.args.get("state") == "closed" else "open"
    kind = request.args.get("kind", "")
    kind = kind if kind in KINDS else ""
    page = max(1, request.args.get("page", 1, type=int))
    counts = cases.counts()
    return render_template(
        "mall/office/cases.html",
        rows=cases.listed(state, kind, page),
        state=state,
        kind=kind,
        page=page,
        pages=max(1, -(-counts[state] // cases.PER_PAGE)),
        about=case_words.about,
        counts=counts,
        kinds=KINDS,
    )


@bp.get("/<int:case_id>")
def show(case_id: int) -> Any:
    return _page(case_id)


def _page(case_id: int, **forms: BaseForm) -> Any:
    case = cases.case(case_id)
    rest = rests.of_case(case.facts)
    line = bank_cases.line_of({"line": rest.line_id} if rest else case.facts)
    page = render_template(
        "mall/office/case.html",
        case=case,
        about=case_words.about,
        known=case_words.known(case.facts),
        line=line,
        journals=book.journals_of(*_refs(case, line)),
        payment=_payment_of(line),
        suspended=line is not None and line.state == "suspended",
        rest=rest if rest is not None and rest.cleared is None else None,
        forms={
            "assign": forms.get("assign") or AssignForm(),
            "wallet": forms.get("wallet") or PersonForm(),
            "cancel": forms.get("cancel") or OtherCaseForm(),
            "close": forms.get("close") or CloseForm(),
        },
    )
    return page, 422 if forms else 200


def _refs(case: cases.CaseView, line: Any) -> list[str]:
    purpose = _payment_of(line)
    return list(dict.fromkeys([case.ref, *([purpose] if purpose else [])]))


def _payment_of(line: Any) -> str:
    """The purpose of the payment a line was for, if it is known."""
    return payments.purpose_of(line.op_id) if line is not None and line.op_id else ""


@bp.post("/<int:case_id>/<action>")
@once
def act(case_id: int, action: str) -> Any:
    """Decide: assign, wallet, back, income, fee, owners, cancel or close."""
    if action not in _ACTIONS:
        raise NotFound()
    form, field, do = _ACTIONS[action]
    filled = form() if form else None
    if filled is not None and not filled.submitted_and_valid:
        return _page(case_id, **{action: filled})
    try:
        said = do(case_id, filled)
    except NotFound:
        raise
    except DomainError as refusal:
        if filled is None:
            raise
        answered: StringField = filled[field]
        answered.errors = [str(refusal)]
        return _page(case_id, **{action: filled})
    flash(said, "good")
    return redirect(url_for(".show", case_id=case_id), 303)


def _assign(case_id: int, form: Any) -> str:
    return f"Assigned to {bank_cases.assign(case_id, form.payment.data, by=_me())}."


def _wallet(case_id: int, form: Any) -> str:
    person = people.with_email(form.email.data)
    if person is None:
        raise InvalidInput("Nobody here has this e-mail address.")
    move = rests.to_wallet if _is_rest(case_id) else bank_cases.to_wallet
    move(case_id, person.id, by=_me())
    return f"It is in the wallet of {person.name}."


def _back(case_id: int, form: Any) -> str:
    order = rests.send_back if _is_rest(case_id) else bank_cases.send_back
    return f"Order {order(case_id, by=_me())} waits for the next file to the bank."


def _income(case_id: int, form: Any) -> str:
    rests.as_income(case_id, by=_me())
    return "Booked as income of the mall."


def _is_rest(case_id: int) -> bool:
    return cases.case(case_id).kind == rests.KIND


def _fee(case_id: int, form: Any) -> str:
    bank_cases.as_fee(case_id, by=_me())
    return "Booked as a fee of the bank."


def _owners(case_id: int, form: Any) -> str:
    bank_cases.as_owners(case_id, by=_me())
    return "Booked as the owners' own money."


def _cancel(case_id: int, form: Any) -> str:
    other = form.other.data.strip()
    if not other.isdigit() or len(other) > 18:
        raise InvalidInput("Enter the number of the other case.")
    bank_cases.cancel_out(case_id, int(other), by=_me())
    return f"This case and {other} cancel each other."


def _close(case_id: int, form: Any) -> str:
    bank_cases.close(case_id, _me(), form.how.data)
    return "The case is closed."


_Action = tuple[type[BaseForm] | None, str, Callable[[int, Any], str]]
_ACTIONS: dict[str, _Action] = {
    "assign": (AssignForm, "payment", _assign),
    "wallet": (PersonForm, "email", _wallet),
    "back": (None, "", _back),
    "income": (None, "", _income),
    "fee": (None, "", _fee),
    "owners": (None, "", _owners),
    "cancel": (OtherCaseForm, "other", _cancel),
    "close": (CloseForm, "how", _close),
}


def _me() -> str:
    return f"admin:{current_user.id}"
