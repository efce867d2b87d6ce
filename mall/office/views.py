"""The admins' first page and the book."""

from typing import Any

from flask import Blueprint, current_app, render_template, request

from core.guards import require
from core.money import Money
from ledger import audit, book
from ledger.accounts import UnknownAccount, at
from mall.office import queries
from mall.ports import panels
from payments import cases
from payments import services as payments

bp = Blueprint("office", __name__, url_prefix="/admin")
require(bp, "admin")
LINES, JOURNALS = 50, 20


def currency() -> str:
    """The mall's one currency."""
    return str(current_app.config["MALL_CURRENCY"])


@bp.get("/")
def index() -> str:
    command = queries.command(currency())
    return render_template(
        "mall/office/home.html",
        now=command,
        change=_change(command.month, command.month_before),
        waiting=queries.waiting(),
        cases=cases.counts()["open"],
        states=queries.orders_by_state(),
        days=queries.days(),
        payments=payments.open_ops(),
        even=queries.book_is_even(),
        boxes=panels.show("admin_home"),
    )


def _change(now: Money, before: Money) -> int | None:
    return (now.minor - before.minor) * 1_000_000 // before.minor if before else None


@bp.get("/ledger")
def ledger() -> Any:
    path = request.args.get("account", "").strip()
    return _statement(path) if path else _book()


@bp.post("/ledger/audit")
def run_audit() -> str:
    return _book(findings=audit.run())


def _book(**more: Any) -> str:
    wanted = request.args.get("currency", currency())
    known = book.currencies() or [currency()]
    shown = wanted if wanted in known else known[0]
    lines = book.trial_balance(shown)
    return render_template(
        "mall/office/ledger.html",
        lines=lines,
        debits=sum((line.debits for line in lines), Money.zero(shown)),
        credits=sum((line.credits for line in lines), Money.zero(shown)),
        journals=book.recent(JOURNALS),
        shown=shown,
        currencies=known,
        **more,
    )


def _statement(path: str) -> Any:
    before = request.args.get("before", type=int)
    try:
        account = at(path)
    except UnknownAccount as refusal:
        return _book(refusal=str(refusal), path=path), 404
    shown = request.args.get("currency", currency())
    lines = book.statement(account, shown, limit=LINES + 1, before=before)
    return render_template(
        "mall/office/account.html",
        account=account,
        shown=shown,
        balance=book.balance(account, shown),
        available=book.available(account, shown),
        lines=lines[-LINES:][::-1],
        before=lines[1].version if len(lines) > LINES else None,
        older=before is not None,
    )
