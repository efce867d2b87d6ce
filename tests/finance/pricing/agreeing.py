"""Two admins who agree on a price."""

from finance.pricing import versions
from finance.pricing.models import PriceVersion
from finance.pricing.setting import Setting
from tests.factories.people import make_admin


def agree(
    product: str, wanted: Setting, *, regime: str = "CN", currency: str = "CNY"
) -> PriceVersion:
    """The version as it came into force."""
    made = versions.propose(
        product, regime, currency, wanted, why="It fits better.", by=make_admin().id
    )
    return versions.decide(made.id, yes=True, by=make_admin().id)
