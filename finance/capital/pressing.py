"""What a press on a button of capital comes to: a page to go to, or the same page with why not."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, url_for

from finance.capital.opening import Drawn, Kept, Refused
from finance.contracts.services import BUTTON, Acceptance
from finance.risk.outcome import Outcome
from mall.ports.payment_methods import TermsChanged


def accepted_by(form: Any) -> Acceptance:
    """By the button, with the contract that stood beside it."""
    return Acceptance(form.terms.data or "", BUTTON)


def pressed(take: Callable[[], Drawn | Kept | Refused]) -> tuple[Any, Outcome | None, int]:
    """(where to go once it is drawn, else why not, and the status of the page shown again).

    A refusal keeps no key: the seller may ask for less with the same form.
    """
    try:
        answer = take()
    except TermsChanged as changed:
        flash(str(changed), "warn")
        return None, None, changed.status
    if isinstance(answer, Refused):
        return None, answer.outcome, 422
    if isinstance(answer, Kept):
        flash("The offer is yours until its day: take it, or let it go.", "good")
        return redirect(url_for("capital.index"), 303), None, 303
    flash("The money is in your balance.", "good")
    return redirect(url_for("capital.show", number=answer.number), 303), None, 303
