"""What funding plugs into the other rooms; called once, when the rooms are joined."""

from finance.contracts import lenders as named
from finance.funding import audit, lenders, queries, statements
from finance.funding import jobs as _jobs  # noqa: F401 - registers them
from mall.ports import menus
from payments import bank_placing


def join() -> None:
    """Its audit, and its lines of our bank's statement."""
    audit.register()
    menus.plug("admin", "Funding banks", "/admin/funding/", "bank", 54)
    menus.plug_counter("admin", queries.menu_counts)
    menus.plug("bank", "Overview", "/bank/", "home", 0)
    menus.plug("bank", "Loans", "/bank/participations", "wallet", 10)
    menus.plug("bank", "Proposals", "/bank/proposals", "edit", 20)
    named.plug(lenders.would_lend, lenders.names)
    named.plug_actual(lenders.do_lend)
    bank_placing.claims(statements.claim)
