"""Every setting, its unit and its default; the environment overrides each by its name."""

import os
from typing import Any

from core import roles

MILLION = 1_000_000


class Config:
    """Defaults for a mall on one machine."""

    # the mall
    MALL_NAME = "The Mall that Lends"
    MALL_CURRENCY = "CNY"  # ISO 4217; one currency a mall
    MALL_COUNTRY = "CN"  # ISO 3166: of addresses that say no other, and of shops
    MALL_ZONE = "Asia/Shanghai"  # the business day runs 00:00 to 24:00 here
    MALL_LOCALE = "en"
    MALL_REGIME = "CN"  # which country's lending rules: CN, EU, UK, US, IN
    COMMISSION_PPM = 50_000  # of goods and shipping; a rate set for category or seller wins
    TAX_ON_COMMISSION_PPM = "CN=60000"  # by the seller's jurisdiction; none where unknown
    GOODS_TAX_PPM = ""  # over mall/taxes/rates.json: "GB.reduced=50000 US.standard=0"
    RESERVATION_MINUTES = 15  # how long stock is held while a payment is under way
    AUTO_CONFIRM_DAYS = 10  # after delivery (or 20 after shipping) receipt confirms itself
    AUTO_CONFIRM_SHIPPED_DAYS = 20
    HOLDBACK_CEILING_PPM = 350_000  # of net settled sales; steps 3 to 7 of the settlement order
    CASH_MAX_MINOR = 500_000  # the most a courier collects for one checkout
    PAYOUT_MINIMUM_MINOR = 100
    STRIPE_FUNDS_DAYS = 7  # a younger charge may not be in our balance at Stripe yet
    WALLET_TOP_UP_MINIMUM_MINOR = 1_000  # a person's balance: what one may pay in or take out
    WALLET_TOP_UP_DAILY_MINOR = 1_000_000
    WALLET_WITHDRAW_MINIMUM_MINOR = 100
    WALLET_WITHDRAW_DAILY_MINOR = 2_000_000
    HOLIDAYS = ""  # days on which banks are closed besides weekends: 2027-01-01 2027-02-06
    NEW_SHOP_RESERVE_PPM = 0  # of a new shop's net releases, kept in reserve; 0: none
    NEW_SHOP_RESERVE_DAYS = 30  # how long each part is kept
    NEW_SHOP_DAYS = 90  # how long a shop is new, from its approval
    CAPITAL_LADDER = True  # shops begin low with term loans and sales shares (docs/fraud.md)
    LENDERS_CHUNK = 0  # loans in a chunk of the lender's day; 0: what suits each step
    LENDERS_CHECK = False  # compare ledger and loans after every chunk of the lender's day
    WRITE_OFF_DEBT_DAYS = 90  # how long a seller has owed before an admin may write it off

    # grades of everyone (docs/engines.md)
    RISK_ENGINE = "postgres"  # which one flask risk score-all uses: postgres, duckdb, spark
    RISK_FOLDER = (
        "var/risk"  # snapshot of the facts and answers; for Spark where its workers see it
    )
    RISK_KEEP_DAYS = 400  # kept rows of features and scores older than this go at night
    RISK_ONLINE_ORDERS = 100_000  # a shop of more is never worked out while somebody waits, but
    RISK_STALE_DAYS = 2  # answered from a row at most so many days old
    RISK_CHUNK = 2_000  # subjects whose rows are kept in one transaction
    DUCKDB_SETTINGS = ""  # memory_limit=4GB threads=2
    SPARK_MASTER = "local[*]"  # or spark://HOST:PORT
    SPARK_SETTINGS = ""  # spark.executor.memory=8g spark.sql.shuffle.partitions=200

    # database and web
    JOURNALS_BACK_DAYS = 40  # how far back a night may be caught up; 0: the audit does not ask
    DATABASE_URL = "postgresql+psycopg://localhost/mall"  # its connections act as mall_app
    HEADS_FILE = ""  # where each day's head of the ledger's hash chain is appended
    DATABASE_OWNER_URL = ""  # who migrates; when empty, the user of DATABASE_URL
    ALLOW_VOLATILE_DATABASE = False  # serve although a power cut would lose what was committed
    SECRET_KEY = ""
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_HTTPONLY = True
    REMEMBER_COOKIE_HTTPONLY = True
    DEVICE_TRACES = True  # note devices (keyed hashes); off where one browser plays everybody
    MAX_CONTENT_LENGTH = 5 * 1024 * 1024  # bytes: a file of 4.5 MB and its form
    SIGN_IN_LIMIT = "10 per minute"
    API_LIMIT = "120 per minute"  # for each key
    ARGON2_MEMORY_KIB = 19_456
    SQLALCHEMY_ECHO = False

    # payments; with no key the sandbox gateway serves
    STRIPE_SECRET_KEY = ""
    STRIPE_WEBHOOK_SECRET = ""
    STRIPE_API_BASE = "https://api.stripe.com"
    GATEWAY_TIMEOUT_SECONDS = 10
    BANK_ACCOUNT = (
        ""  # ours, an IBAN or account number; empty: no bank transfers (sandbox: a sample)
    )
    BANK_ACCOUNT_HOLDER = ""  # empty: the mall's name
    BANK_BIC = ""
    BANK_NAME = ""
    PAYOUT_GATEWAY = ""  # "bank": payouts become payment orders; empty: the gateway pays them
    BANK_TRANSFER_DAYS = 3  # how long goods are held while a bank transfer is awaited
    IDEMPOTENCY_DAYS = 30  # how long a form's key keeps its answer
    MAIL_URL = ""  # smtp://[user:password@]host[:port] or smtps://…; empty: messages stay on pages
    MAIL_FROM = ""  # The Mall <hello@example.com>
    MAIL_TIMEOUT_SECONDS = 10
    MESSAGE_KEEP_DAYS = 1_095  # how long messages stay on people's pages
    PUBLIC_URL = "http://127.0.0.1:5000"  # where the gateway sends people back to


def load(overrides: dict[str, Any] | None = None) -> dict[str, Any]:
    """The settings in force: defaults, then the environment, then `overrides`."""
    settings = {name: value for name, value in vars(Config).items() if name.isupper()}
    for name, default in settings.items():
        if name in os.environ:
            settings[name] = _as_kind_of(default, os.environ[name], name)
    settings |= overrides or {}
    url, owner = settings["DATABASE_URL"], settings["DATABASE_OWNER_URL"]
    settings["SQLALCHEMY_DATABASE_URI"] = roles.application_url(_psycopg(url))
    settings["OWNER_DATABASE_URI"] = _psycopg(owner or url)
    # the mall says more different things than the 500 that are kept compiled otherwise;
    # a connection that is given back is rolled back by core.db, only when something is open
    options = {"query_cache_size": 2_000, "pool_reset_on_return": None}
    settings.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    return settings


def _as_kind_of(default: Any, text: str, name: str) -> Any:
    try:
        if isinstance(default, bool):
            return text.lower() in ("1", "true", "yes")
        return int(text) if isinstance(default, int) else text
    except ValueError:
        raise SystemExit(
            f"{name}={text!r} is not a whole number: correct it in the environment"
        ) from None


def _psycopg(url: str) -> str:
    """postgres:// and postgresql:// mean psycopg 3 here."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url
