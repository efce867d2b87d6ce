"""Joins the rooms: the only file that knows them all."""

import sys
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from finance.lending import alone

alone.answer_if_asked(sys.argv)  # flask finance quote, apr, replay: before the rooms are loaded

from flask import Flask, current_app, render_template, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_migrate import Migrate
from flask_wtf import CSRFProtect
from whitenoise import WhiteNoise

import config
from core import assets, cli, clock, garbage, health, jobs, ops, roles, selfcheck, web
from core.db import db
from demo.cli import demo as demo_commands
from finance import joining as lending
from ledger import backup as ledger_backup
from ledger import cli as ledger_cli
from ledger import models as _ledger  # noqa: F401
from mall import pages
from mall.accounts import cli as _accounts  # noqa: F401
from mall.accounts import invitations
from mall.accounts import invited_views as _invited  # noqa: F401 - a page of the accounts
from mall.accounts import views as accounts
from mall.api import door as api
from mall.cart import views as cart
from mall.cash import joining as cash
from mall.catalog import views as catalog
from mall.checkout import bank_transfer
from mall.checkout import models as _checkout  # noqa: F401
from mall.cli import mall as mall_commands
from mall.disputes import joining as disputes
from mall.feedback import views as feedback
from mall.history import cli as _history  # noqa: F401
from mall.messages import joining as messages
from mall.orders import models as _orders  # noqa: F401
from mall.payouts import models as _payouts  # noqa: F401
from mall.ports import invitations as inviting
from mall.ports import menus
from mall.sellers import product_views as seller_products
from mall.sellers import views as sellers
from mall.telephone import joining as telephone
from mall.traces import jobs as _traces  # noqa: F401 - forgets them
from payments import doors as payments_door

limiter = Limiter(get_remote_address, strategy="fixed-window")


def _guesses() -> str:
    return str(current_app.config["SIGN_IN_LIMIT"])


def _email() -> str:
    email = request.form.get("email", "").strip().lower()
    return sha256(email.encode()).hexdigest()[:32]


# decorated once, however many apps are made: each decoration would count every try again
_by_address = limiter.limit(_guesses, methods=["POST"])
_by_email = limiter.limit(_guesses, methods=["POST"], key_func=_email)
_sign_in = _by_address(_by_email(accounts.sign_in))
_sign_up = _by_address(accounts.sign_up)

limiter.limit(api.limit, key_func=api.whose_turn)(api.views.bp)


def create_app(overrides: dict[str, Any] | None = None) -> Flask:
    """The mall as a Flask app; `overrides` win over the environment."""
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(config.load(overrides))
    clock.use_zone(app.config["MALL_ZONE"])
    clock.use_holidays(date.fromisoformat(day) for day in app.config["HOLIDAYS"].split())
    _stand_on_core(app)
    _open_the_rooms(app)
    _join_the_rooms(app)
    garbage.keep_what_is_loaded()
    return app


def serve() -> Flask:
    """The mall for a web server, which begins only on a database that guards the money."""
    app = create_app()
    selfcheck.require(app)
    return app


def _stand_on_core(app: Flask) -> None:
    db.init_app(app)
    Migrate(app, db)
    CSRFProtect(app)
    web.init_app(app)
    jobs.init_app(app)
    cli.init_app(app)
    health.init_app(app)
    ops.after_restore("the rights of the application", roles.restored)
    ops.check("guards and rights", selfcheck.unguarded)
    app.config.setdefault("RATELIMIT_STORAGE_URI", app.config["SQLALCHEMY_DATABASE_URI"])
    limiter.init_app(app)
    static = Path(app.root_path) / "static"
    app.wsgi_app = WhiteNoise(app.wsgi_app, root=static, prefix="static/", max_age=3600)  # type: ignore[method-assign]
    assets.init_app(app, static)


def _open_the_rooms(app: Flask) -> None:
    """Blueprints and commands, room by room."""
    _open_the_shop(app)
    payments_door.open_in(app)
    app.cli.add_command(mall_commands)
    _open_the_consoles(app)
    app.add_url_rule("/styleguide", "styleguide", lambda: render_template("styleguide.html"))
    ledger_cli.init_app(app)
    ledger_backup.plug()
    app.cli.add_command(demo_commands)
    _open_buying(app)
    lending.open_doors(app)


def _open_buying(app: Flask) -> None:
    from mall.accounts import card_views
    from mall.checkout import qr_views
    from mall.checkout import views as checkout_views
    from mall.orders import views as orders_views
    from mall.wallet import views as wallet_views

    app.register_blueprint(wallet_views.bp)
    app.register_blueprint(qr_views.bp)
    app.register_blueprint(qr_views.phone)
    app.register_blueprint(checkout_views.bp)
    app.register_blueprint(orders_views.bp)
    app.register_blueprint(card_views.bp)


def _open_the_shop(app: Flask) -> None:
    """What shoppers and sellers see of goods, carts and accounts."""
    from mall.catalog import finding

    pages.init_app(app)
    app.register_blueprint(finding.bp)
    # files are served by WhiteNoise; this only gives them addresses
    app.add_url_rule("/static/<path:filename>", "static", build_only=True)
    for room in (accounts.bp, accounts.own, catalog.bp, cart.bp, feedback.bp, feedback.own):
        app.register_blueprint(room)
    for room in (sellers.door, sellers.bp, seller_products.bp):
        app.register_blueprint(room)
    app.view_functions["accounts.sign_in"] = _sign_in
    app.view_functions["accounts.sign_up"] = _sign_up


def _open_the_consoles(app: Flask) -> None:
    """What sellers see of orders and money, and what admins see of everything."""
    from mall.office import bank_views as office_bank
    from mall.office import money_views as office_money
    from mall.office import order_views as office_orders
    from mall.office import seller_views as office_sellers
    from mall.office import views as office
    from mall.orders import courier  # noqa: F401 - registers its jobs
    from mall.sellers import doors

    doors.open_doors(app)
    api.open_in(app)
    office_bank.open_doors(app)
    for room in (office.bp, office_orders.bp, office_sellers.bp, office_money.bp):
        app.register_blueprint(room)
    disputes.open_doors(app)
    cash.open_doors(app)
    telephone.open_doors(app)
    messages.open_doors(app)


def _join_the_rooms(app: Flask) -> None:
    """Who plugs into what; read this to know who is there."""
    messages.join()
    inviting.plug(invitations.ForOthers())
    _join_buying()
    _join_wallet()
    disputes.join()
    lending.offer()
    bank_transfer.join()
    lending.join()
    cash.join()
    telephone.join()
    lending.join_capital()
    _fill_the_menus()


def _join_buying() -> None:
    """The card as a way to pay; who hears of payments, refunds, payouts; what audits check."""
    from demo import marks
    from ledger import audit, dating
    from mall.checkout import cards, expiry, qr  # noqa: F401 - expiry registers its jobs
    from mall.orders import audit as orders_audit
    from mall.orders import jobs as _orders_jobs  # noqa: F401
    from mall.payouts import joining as payouts
    from mall.ports import payment_methods
    from mall.sellers import services as sellers
    from mall.wallet.method import WalletPayment
    from payments import accounts, purposes

    payment_methods.plug(WalletPayment())
    payment_methods.plug(cards.CardPayment())
    payment_methods.plug(qr.QrPayment())
    purposes.register("checkout", cards.CheckoutPurpose())
    purposes.on_refund(cards.CardRefundNews())
    payouts.join()
    accounts.on_ready(sellers.change_payout_account)
    for name, query in orders_audit.INVARIANTS.items():
        audit.add(name, query)
    dated = "journals are dated when they were written"
    audit.add(dated, lambda: dating.dated_elsewhere(marks.lived_until))


def _join_wallet() -> None:
    """The balance: paid in by payments, paid out as payouts `W-…`, checked with the book."""
    from ledger import audit
    from mall.wallet import audit as wallet_audit
    from mall.wallet.disputes import TopUpDisputes
    from mall.wallet.services import TopUpPayments, WithdrawalNews
    from payments import disputes_purposes, purposes

    disputes_purposes.on_dispute("wallet", TopUpDisputes())
    purposes.register("wallet", TopUpPayments())
    purposes.on_payout(WithdrawalNews(), "W")
    for name, query in wallet_audit.INVARIANTS.items():
        audit.add(name, query)


def _fill_the_menus() -> None:
    from mall.office.queries import menu_counts as office_counts
    from mall.sellers import doors

    menus.plug_counter("admin", office_counts)
    doors.fill_the_menu()
    menus.plug("account", "Overview", "/account/", "user", 0)
    menus.plug("account", "Credit and plans", "/account/credit", "wallet", 20)
    menus.plug("account", "Orders", "/account/orders", "box", 10)
    menus.plug("account", "Balance", "/account/wallet", "coins", 15)
    menus.plug("account", "Favorites", "/account/favorites", "heart", 30)
    menus.plug("account", "Reviews", "/account/reviews", "star", 40)
    menus.plug("account", "Addresses", "/account/addresses", "pin", 50)
    menus.plug("account", "Cards", "/account/cards", "card", 60)
    menus.plug("account", "Password", "/account/password", "lock", 90)
    menus.plug("admin", "Command", "/admin/", "home", 0)
    menus.plug("admin", "Orders", "/admin/orders", "box", 10)
    menus.plug("admin", "Sellers", "/admin/sellers", "store", 20)
    menus.plug("admin", "Rates", "/admin/rates", "coins", 94)
    menus.plug("admin", "Ledger", "/admin/ledger", "ledger", 70)
    menus.plug("admin", "Applications", "/admin/lending/applications", "document", 50)
    menus.plug("admin", "Loans and advances", "/admin/lending/loans", "wallet", 52)
    menus.plug("admin", "Plans in trouble", "/admin/lending/care/", "wallet", 53)
    menus.plug("admin", "Portfolio", "/admin/lending/portfolio", "chart", 54)
    menus.plug("admin", "API keys", "/admin/api-keys", "lock", 95)
