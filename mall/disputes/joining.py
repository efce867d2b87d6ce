"""How the disputes room joins the others; wsgi.py calls it."""

from flask import Flask

from ledger import audit
from mall.disputes import audit as own_audit
from mall.disputes import boxes, freezing, handling, office_views, seller_views
from mall.disputes import jobs as _jobs  # noqa: F401 - registers them
from mall.ports import deductions, menus, panels, payout_stops
from payments import disputes_invariants, disputes_purposes
from payments import disputes_sweep as _sweep  # noqa: F401 - registers its job


def open_doors(app: Flask) -> None:
    """The pages of sellers and admins."""
    app.register_blueprint(seller_views.bp)
    app.register_blueprint(office_views.bp)
    menus.plug("seller", "Disputes", "/seller/disputes", "message", 17)
    menus.plug("admin", "Disputes", "/admin/disputes", "message", 15)


def join() -> None:
    """What a bank asks back is withheld from sellers before anything else, and answered in time."""
    disputes_purposes.on_dispute("checkout", handling.CheckoutDisputes())
    deductions.plug(freezing.DisputeClaims(), deductions.DISPUTE)
    payout_stops.plug(freezing.no_payout_now)
    panels.plug("shopper_order", boxes.shopper_box)
    panels.plug("seller_order", boxes.seller_box)
    panels.plug("admin_order", boxes.admin_box)
    disputes_invariants.plug()
    for name, query in own_audit.INVARIANTS.items():
        audit.add(name, query)
