"""What sellers' capital plugs into the other rooms: called once, when the rooms are joined."""

from flask import Flask

from finance.capital import audit as invariants
from finance.capital import care_models, exposure_models, interest_models, models  # noqa: F401 - tables
from finance.capital import fold_guards as _fold_guards  # noqa: F401 - asked by the self-check
from finance.funding import reports
from ledger import audit
from mall.ports import deductions, menus, panels, refund_stops
from payments import disputes_purposes, purposes


def open_doors(app: Flask) -> None:
    """Its pages and its command."""
    from finance.capital import cli, office_views, views
    from finance.capital import decision_views as _decisions  # noqa: F401 - on the same blueprint
    from finance.capital import offer_views as _offers  # noqa: F401 - and this
    from finance.capital import running_views as _running  # noqa: F401 - and this

    app.register_blueprint(views.bp)
    app.register_blueprint(office_views.bp)
    cli.init_app(app)


def join() -> None:
    """Advances come back out of settlements, in the settlement order; boxes, jobs, audit."""
    from finance.capital import boxes, claims, funded, refund_guard
    from finance.capital.disputes.handling import AdvanceDisputes
    from finance.capital.term_loan import linked

    reports.plug(funded.schedules)
    refund_stops.plug(refund_guard.why_not)
    panels.plug("seller_home", boxes.home_box)
    panels.plug("seller_order", boxes.order_box)
    deductions.plug(claims.OrderClaims(), deductions.ORDER)
    deductions.plug(claims.RecourseClaims(), deductions.ORDER)
    deductions.plug(claims.ShareClaims(), deductions.SHARE)
    deductions.plug(claims.InstallmentClaims(), deductions.INSTALLMENT)
    purposes.register(linked.PREFIX, linked.LoanCharges())
    disputes_purposes.on_dispute(linked.PREFIX, AdvanceDisputes())
    menus.plug("admin", "Sellers' capital", "/admin/capital/", "coins", 53)
    for name, query in invariants.INVARIANTS.items():
        audit.add(name, query)
