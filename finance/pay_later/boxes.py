"""Boxes about credit on the mall's pages: an order's plan, and what is due on the account page."""

from flask import render_template
from markupsafe import Markup

from core import clock
from core.errors import NotFound
from finance.loans import showing, withdrawing
from finance.loans.queries import loan_of, loans_of
from finance.pay_later import holding
from finance.pay_later.method import KEY
from payments import retries


def order_box(buyer_id: int, order_number: str, payment_ref: str) -> str | Markup:
    """The plan that paid for an order."""
    method, _, number = payment_ref.partition(":")
    if method != KEY:
        return ""
    try:
        loan, today = loan_of(buyer_id, number), clock.today()
    except NotFound:  # agreed to beside a card that has not paid (yet)
        return _held_box(buyer_id, number)
    return Markup(  # noqa: S704 - our own template
        render_template(
            "finance/pay_later/order_box.html",
            plan=showing.summary(loan, today),
            withdrawal=withdrawing.open_until(loan, today),
        )
    )


def _held_box(buyer_id: int, number: str) -> str | Markup:
    held = holding.waiting(buyer_id, number)
    if held is None:
        return ""
    return Markup(  # noqa: S704 - our own template
        render_template("finance/pay_later/held_box.html", held=held)
    )


def account_box(buyer_id: int) -> str | Markup:
    """What is due in thirty days over all plans."""
    today = clock.today()
    loans = [loan for loan in loans_of(buyer_id) if loan.is_running and not loan.is_by_day]
    if not loans:
        return ""
    soon = showing.due_soon(loans, today)
    return Markup(  # noqa: S704 - our own template
        render_template(
            "finance/pay_later/account_box.html",
            soon=soon,
            plans=len(loans),
            today=today,
            to_confirm=retries.waiting_for(buyer_id, "loan:"),
        )
    )
