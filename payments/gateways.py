"""Which gateway serves: Stripe when its key is set, else the sandbox."""

from flask import current_app

from payments.gateway import Gateway
from payments.sandbox_gateway import NAME as SANDBOX
from payments.sandbox_gateway import SandboxGateway

STRIPE = "stripe"
BANK = "bank"


def current() -> Gateway:
    """The gateway that takes new payments."""
    return named(STRIPE if current_app.config["STRIPE_SECRET_KEY"] else SANDBOX)


def for_payout(destination: str) -> str:
    """Who sends a payout: what serves, or our bank when that is set or Stripe has no such account."""
    serving = current().name
    wanted: str = current_app.config["PAYOUT_GATEWAY"] or serving
    if wanted == STRIPE and not destination.startswith("acct_"):
        return BANK
    return wanted


def named(name: str) -> Gateway:
    """The gateway an operation was begun with, though another may serve by now."""
    made: dict[str, Gateway] = current_app.extensions.setdefault("payment_gateways", {})
    if name not in made:
        made[name] = _make(name)
    return made[name]


def serves(name: str) -> bool:
    """Whether notices of this gateway are taken."""
    return name == current().name


def _make(name: str) -> Gateway:
    if name == SANDBOX:
        return SandboxGateway()
    if name == BANK:
        from payments.bank_gateway import BankGateway  # its statements apply answers, as we do

        return BankGateway()
    if name == STRIPE:
        from payments.stripe_gateway import StripeGateway  # a second of imports, only where used

        return StripeGateway(
            secret_key=current_app.config["STRIPE_SECRET_KEY"],
            webhook_secret=current_app.config["STRIPE_WEBHOOK_SECRET"],
            api_base=current_app.config["STRIPE_API_BASE"],
            timeout_seconds=current_app.config["GATEWAY_TIMEOUT_SECONDS"],
            currency=current_app.config["MALL_CURRENCY"],
        )
    raise LookupError(f"there is no gateway called {name!r}")
