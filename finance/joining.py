"""How the lender joins the mall; wsgi.py calls it."""

from flask import Flask

from finance.capital import audit as capital_audit
from finance.capital import boxes as capital_boxes
from finance.capital import claims
from finance.capital import cli as capital_cli
from finance.capital import jobs as _capital_jobs  # noqa: F401 - registers them
from finance.capital import views as capital
from finance.collections import jobs as _collections_jobs  # noqa: F401 - registers them
from finance.collections.cli import finance
from finance.desk import views as desk
from finance.loans import audit as loans_audit
from finance.loans import views as credit
from finance.loans.disputed import LoanDisputes
from finance.loans.services import LoanPayments
from finance.pay_later import boxes
from finance.pay_later.method import PayLater
from finance.risk.cli import risk
from ledger import audit
from mall.ports import deductions, panels, payment_methods
from payments import disputes_purposes, purposes


def open_doors(app: Flask) -> None:
    """Pages of shoppers, sellers and admins, and the commands."""
    for room in (credit.bp, capital.bp, desk.bp):
        app.register_blueprint(room)
    app.cli.add_command(finance)
    app.cli.add_command(risk)
    capital_cli.init_app(app)


def offer() -> None:
    """Paying in parts is a way to pay."""
    payment_methods.plug(PayLater())


def join() -> None:
    """What plans owe is paid, disputed, shown, and checked with the book."""
    purposes.register("loan", LoanPayments())
    disputes_purposes.on_dispute("loan", LoanDisputes())
    loans_audit.register()
    panels.plug("shopper_order", boxes.order_box)
    panels.plug("shopper_account", boxes.account_box)


def join_capital() -> None:
    """Sellers' advances come back out of settlements, in the settlement order."""
    panels.plug("seller_home", capital_boxes.home_box)
    panels.plug("seller_order", capital_boxes.order_box)
    deductions.plug(claims.OrderClaims(), deductions.ORDER)
    deductions.plug(claims.RecourseClaims(), deductions.ORDER)
    deductions.plug(claims.ShareClaims(), deductions.SHARE)
    for name, query in capital_audit.INVARIANTS.items():
        audit.add(name, query)
