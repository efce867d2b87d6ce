"""Every set of rules by its name; a changed one gets a new name, the old stays to be replayed.

Nothing here or below needs more than the standard library, so that anyone can decide again.
"""

from collections.abc import Callable
from typing import Any

from finance.risk import plurals, policy, seller_policy
from finance.risk.outcome import Outcome
from finance.risk.past import policy_1, seller_policy_1
from finance.risk.scorecard import Card

Policy = Callable[[dict[str, Any], Card], Outcome]


class UnknownPolicy(LookupError):
    """No rules of this name are known."""


_POLICIES: dict[str, Policy] = {
    policy_1.POLICY: policy_1.decide,
    seller_policy_1.POLICY: seller_policy_1.decide,
    policy.OF_THE_MOMENT: policy.decide,
    seller_policy.OF_THE_MOMENT: seller_policy.decide,
    seller_policy.AT_ONCE: seller_policy.decide,
    policy.OF_MANY: policy.decide,
    seller_policy.OF_MANY: seller_policy.decide,
    policy.POLICY: plurals.in_words(policy.decide),
    seller_policy.POLICY: plurals.in_words(seller_policy.decide),
}
TODAY = (policy.POLICY, seller_policy.POLICY)


def named(name: str) -> Policy:
    """The rules of this name; raises UnknownPolicy."""
    if name not in _POLICIES:
        raise UnknownPolicy(f"no policy is called {name}")
    return _POLICIES[name]
