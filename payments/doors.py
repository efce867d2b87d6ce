"""What payments opens to the world and to the audit: pages, webhooks, commands, invariants."""

from flask import Flask

from payments import (
    bank_cases,
    bank_invariants,
    bank_returns,
    cli,
    invariants,
    pay_views,
    purposes,
    reconcile_restored,
    sandbox_views,
    webhooks,
)
from payments import bank_platform as _bank_platform  # noqa: F401 - claims its lines
from payments import reconcile_cli as _reconcile_cli  # noqa: F401 - adds its command
from payments import sandbox_tables as _sandbox  # noqa: F401 - tables nobody of ours refers to


def open_in(app: Flask) -> None:
    """Called once by wsgi.py."""
    invariants.plug()
    bank_invariants.plug()
    reconcile_restored.plug()
    purposes.on_payout(bank_cases.SentBackNews(), bank_returns.SENT_BACK)
    for room in (sandbox_views.bp, pay_views.bp, webhooks.bp):
        app.register_blueprint(room)
    app.extensions["csrf"].exempt(webhooks.bp)  # signed by the gateway instead
    app.cli.add_command(cli.payments)
