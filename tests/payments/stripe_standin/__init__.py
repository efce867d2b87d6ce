"""A small Stripe over HTTP: keeps its promises about keys and parameters, and no others."""

from tests.payments.stripe_standin.server import FAULTS, FaultyBank, Server
from tests.payments.stripe_standin.store import SECRET, Thing

StripeStandIn = FaultyBank

__all__ = ["FAULTS", "SECRET", "FaultyBank", "Server", "StripeStandIn", "Thing"]
