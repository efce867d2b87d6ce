"""Sellers' accounts at the gateway: opened once, completed on its own pages, ready when it says so."""

from collections.abc import Callable
from datetime import datetime

from flask import current_app
from sqlalchemy import BigInteger, String, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from core import clock, ids
from core.db import Model, db
from core.use_case import end_read, use_case
from payments import gateways, purposes
from payments.cards import NotNow
from payments.facts import Account
from payments.gateway import OpenAccount, Unavailable

Ready = Callable[[int, str], None]
_ready: list[Ready] = []


class GatewayAccount(Model):
    """A seller's account at a gateway; its id here is our operation, in the account's metadata."""

    __tablename__ = "gateway_account"
    __table_args__ = (
        UniqueConstraint("gateway", "seller_id"),
        UniqueConstraint("gateway", "account_id"),
    )

    seller_id: Mapped[int] = mapped_column(BigInteger)
    gateway: Mapped[str] = mapped_column(String(20))
    account_id: Mapped[str | None] = mapped_column(String(120))
    payouts_enabled: Mapped[bool] = mapped_column(default=False)
    enabled_at: Mapped[datetime | None]


def on_ready(tell: Ready) -> None:
    """Call `tell(seller_id, account_id)` when money may be sent to an account; maybe again."""
    _ready[:] = [tell]


def hosted() -> bool:
    """Whether sellers complete an account at the gateway (else a bank account is enough)."""
    return not gateways.current().takes_digits


def reachable(destination: str) -> bool:
    """Whether the gateway that serves now can pay there at all."""
    return destination.startswith("acct_") if hosted() else bool(destination)


def of(seller_id: int) -> GatewayAccount | None:
    """The seller's account at the gateway that serves now."""
    query = select(GatewayAccount).where(
        GatewayAccount.seller_id == seller_id,
        GatewayAccount.gateway == gateways.current().name,
    )
    return db.session.scalars(query).one_or_none()


def onboarding(seller_id: int, email: str, return_path: str) -> str:
    """The address of the gateway's page where a seller opens or completes the account.

    Asks the gateway, so it is called outside any use case; raises NotNow, InvalidInput. An answer
    that gets lost makes no second account: it is looked for by our operation the next time.
    """
    gateway = gateways.current()
    row, fresh = _written_down(seller_id, gateway.name)
    request = OpenAccount(
        op_id=row.id,
        seller_id=seller_id,
        email=email,
        country="",
        return_url=current_app.config["PUBLIC_URL"] + return_path,
        asked_at=row.created_at,
        account_id=row.account_id or "",
        resend=not fresh,
    )
    end_read()
    try:
        account = gateway.open_account(request)
    except Unavailable:
        raise NotNow() from None
    _opened(request.op_id, account)
    return account.onboarding_url


@use_case
def _written_down(seller_id: int, gateway: str) -> tuple[GatewayAccount, bool]:
    """The one row of this seller, and whether it was not there before."""
    values = {
        "id": ids.new_id(),
        "created_at": clock.now(),
        "seller_id": seller_id,
        "gateway": gateway,
        "payouts_enabled": False,
    }
    new = insert(GatewayAccount).values(**values).on_conflict_do_nothing()
    fresh = db.session.scalar(new.returning(GatewayAccount.id)) is not None
    row = of(seller_id)
    assert row is not None, "it has just been written"
    return row, fresh


@use_case
def _opened(op_id: int, account: Account) -> None:
    row = db.session.get_one(GatewayAccount, op_id, with_for_update=True)
    row.account_id = row.account_id or account.id
    _note(row, account)


@use_case
def hear(gateway: str, account: Account) -> str:
    """The gateway says how an account stands; `not_ours` for one we did not open."""
    query = select(GatewayAccount).where(
        GatewayAccount.gateway == gateway, GatewayAccount.account_id == account.id
    )
    row = db.session.scalars(query.with_for_update()).one_or_none()
    if row is None:
        return "not_ours"
    _note(row, account)
    return "enabled" if row.payouts_enabled else "not_enabled"


def _note(row: GatewayAccount, account: Account) -> None:
    row.payouts_enabled = account.payouts_enabled
    if row.payouts_enabled and row.enabled_at is None:
        row.enabled_at = clock.now()
        for tell in _ready:
            tell(row.seller_id, account.id)


purposes.on_facts(Account, hear)
