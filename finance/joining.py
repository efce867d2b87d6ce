"""How the lender joins the mall; wsgi.py calls it."""

from flask import Flask

from finance.campaigns import audit as campaigns_audit
from finance.campaigns import boxes as campaign_boxes
from finance.campaigns import jobs as _campaigns_jobs  # noqa: F401 - registers them
from finance.campaigns import models as _campaigns  # noqa: F401 - tables that migrations compare
from finance.campaigns import views as campaigns
from finance.campaigns.claims import SubsidyClaims
from finance.capital import joining as capital
from finance.collections import audit as collections_audit
from finance.collections import jobs as _collections_jobs  # noqa: F401 - registers them
from finance.collections import views as care
from finance.collections import warnings
from finance.collections.cli import finance
from finance.contracts import joining as contracts
from finance.credit_line import joining as credit_line
from finance.desk import people_views as people
from finance.desk import review_views as reviewing
from finance.desk import views as desk
from finance.funding import bank_views, reports
from finance.funding import cli as funding_cli
from finance.funding import joining as funding
from finance.funding import views as funding_pages
from finance.loans import audit as loans_audit
from finance.loans import cli as loans_cli
from finance.loans import fold_guards as _fold_guards  # noqa: F401 - a table of theirs
from finance.loans import funded
from finance.loans import own_views as _own_views  # noqa: F401 - on the pages of credit
from finance.loans import views as credit
from finance.loans.disputed import LoanDisputes
from finance.loans.services import LoanPayments
from finance.pay_later import boxes
from finance.pay_later.method import PayLater
from finance.pricing import models as _pricing  # noqa: F401 - tables that migrations compare
from finance.pricing import views as prices
from finance.risk import jobs as _risk_jobs  # noqa: F401 - registers them
from finance.risk import reviews
from finance.risk.cli import risk
from finance.risk.engines import models as _engines  # noqa: F401 - tables that migrations compare
from finance.risk.engines.cli import score_all_command
from finance.risk.fraud import jobs as _fraud_jobs  # noqa: F401 - registers them
from finance.risk.fraud import queries as fraud_cases
from finance.risk.fraud import views as fraud
from finance.risk.replay_cli import replay_command
from finance.risk.warning import services as early
from finance.risk.watch import views as watch
from finance.risk.watch.cli import watch_command
from finance.risk.watch.outcomes_cli import outcomes_command
from ledger import audit
from mall.ports import deductions, menus, panels, payment_methods
from payments import disputes_purposes, purposes


def open_doors(app: Flask) -> None:
    """Pages of shoppers, sellers and admins, and the commands."""
    capital.open_doors(app)
    credit_line.open_doors(app)
    for room in (credit.bp, care.bp, care.office, desk.bp, campaigns.bp, fraud.own, fraud.office):
        app.register_blueprint(room)
    for room in (reviewing.bp, prices.bp, watch.bp, people.bp):
        app.register_blueprint(room)
    loans_cli.add_to(finance)
    finance.add_command(funding_cli.bank_command)
    finance.add_command(funding_cli.propose_command)
    app.register_blueprint(funding_pages.bp)
    app.register_blueprint(bank_views.bp)
    app.cli.add_command(finance)
    risk.add_command(replay_command)
    risk.add_command(watch_command)
    risk.add_command(outcomes_command)
    risk.add_command(score_all_command)
    app.cli.add_command(risk)
    contracts.open_doors(app)


def offer() -> None:
    """Paying in parts is a way to pay."""
    payment_methods.plug(PayLater())
    credit_line.offer()


def join() -> None:
    """What plans owe is paid, disputed, shown, and checked with the book."""
    purposes.register("loan", LoanPayments())
    disputes_purposes.on_dispute("loan", LoanDisputes())
    loans_audit.register()
    collections_audit.register()
    credit_line.join()
    funding.join()
    reports.plug(funded.schedules)
    deductions.plug(SubsidyClaims(), deductions.SUBSIDY)
    for name, query in campaigns_audit.INVARIANTS.items():
        audit.add(name, query)
    warnings.plug("sellers in trouble", early.look)
    menus.plug("admin", "Fraud cases", "/admin/fraud/", "shield", 51)
    menus.plug_counter("admin", fraud_cases.menu_counts)
    menus.plug("admin", "Reviews", "/admin/lending/reviews", "message", 51)
    menus.plug_counter("admin", reviews.menu_counts)
    menus.plug("admin", "Prices", "/admin/lending/prices", "coins", 55)
    menus.plug("admin", "Cards under watch", "/admin/lending/watch", "chart", 56)
    menus.plug("seller", "Campaigns", "/seller/campaigns", "tag", 22)
    panels.plug("product_offer", campaign_boxes.product_box)
    panels.plug("shopper_order", boxes.order_box)
    panels.plug("shopper_account", boxes.account_box)


def join_capital() -> None:
    """Sellers' advances come back out of settlements, in the settlement order."""
    capital.join()
