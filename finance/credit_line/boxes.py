"""Boxes about the line on other pages: an order bought on it, the account, and credit and plans."""

from flask import render_template
from markupsafe import Markup

from core import clock
from finance.credit_line import opening, queries
from finance.credit_line.models import FULL, LEAST, CreditLine
from finance.credit_line.owing import ALL, owing
from finance.loans import showing
from finance.loans.queries import loan_of
from finance.products.line import NAME


def order_box(buyer_id: int, order_number: str, payment_ref: str) -> str | Markup:
    """The purchase on the line that an order was paid with."""
    method, _, number = payment_ref.partition(":")
    if method != NAME:
        return ""
    loan = loan_of(buyer_id, number)
    made = render_template(
        "finance/credit_line/order_box.html",
        plan=showing.summary(loan, clock.today()),
        line=queries.line_of_loan(loan),
    )
    return Markup(made)  # noqa: S704 - our own template


def account_box(buyer_id: int) -> str | Markup:
    """What the line asks for, where something is owed on it."""
    found = [line for line in queries.lines_of(buyer_id) if queries.owing(line)]
    return _boxes(found) if found else ""


def credit_box(buyer_id: int) -> str | Markup:
    """The line on the page of credit and plans, or that one could be opened."""
    lines = [x for x in queries.lines_of(buyer_id) if x.is_open or queries.owing(x)]
    return _boxes(lines) if lines or opening.product_here() else ""


def _boxes(lines: list[CreditLine]) -> Markup:
    today = clock.today()
    standings = [owing(line, today) for line in lines]
    shown = [
        {
            "line": each.line,
            "due_on": each.due_on,
            "late": queries.days_late(each.line, today),
            **{kind: each.amount(kind) for kind in (LEAST, FULL, ALL)},
        }
        for each in standings
    ]
    made = render_template("finance/credit_line/box.html", lines=shown)
    return Markup(made)  # noqa: S704 - our own template
