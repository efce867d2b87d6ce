"""What a way to pay that was held raises when it can no longer begin."""

from collections.abc import Sequence

from core.errors import Conflict
from mall.ports.payment_methods import Reason


class HoldGone(Conflict):
    """Raised by `HoldingMethod.collect` inside what its caller then takes back.

    reasons  for the shopper, where somebody now says no
    keep     writes what must be on record all the same; called once all else is taken back
    """

    reasons: Sequence[Reason] = ()

    def keep(self) -> None:
        """Nothing, unless a method has something to keep."""
