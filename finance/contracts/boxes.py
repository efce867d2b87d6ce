"""What each disclosure states, in its order, and which contract it is asked of: data by regime."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from core.errors import NotFound
from finance.contracts.contract import BUYER, Contract, Rates

KEYS = ("keyfacts", "full", "us", "eu", "uk", "in", "cn", "ca")
PRICE = "price"  # the one paper of a contract that lends nothing: what a shop pays for a plan
_FOLDER = Path(__file__).parent / "disclosures"


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a disclosure; words are keys of the catalog, figures names of `figures`.

    kind    figures (large) and facts: (label, figure, note); list and clauses: sentences, one
            figure or topic each; warning: keys; schedule (every row), payments (grouped), lenders
    title   a key, or "" for none
    """

    kind: str
    items: tuple[tuple[str, ...], ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """One disclosure. main: (label, figure, note) of the figure larger than all others."""

    key: str
    main: tuple[str, ...]
    parts: tuple[Part, ...]
    lead: str = ""


@lru_cache
def box(key: str) -> Box:
    """The disclosure of this key, from disclosures/KEY.json; raises NotFound."""
    if key not in (*KEYS, PRICE):
        raise NotFound(f"There is no disclosure {key!r}: choose one of {', '.join(KEYS)}.")
    data = json.loads((_FOLDER / f"{key}.json").read_text("utf-8"))
    parts = tuple(
        Part(part["kind"], tuple(tuple(item) for item in part.get("items", [])), part["title"])
        for part in data["parts"]
    )
    return Box(key, tuple(data["main"]), parts, data["lead"])


@dataclass(frozen=True, slots=True)
class Profile:
    """The disclosures of a regime: of credit to shoppers, and of financing to shops.

    rate      whose yearly rate stands largest on key facts: actuarial, effective or monthly
    caution   the sentence of warning on key facts
    """

    buyer: tuple[str, ...]
    seller: tuple[str, ...]
    rate: str
    caution: str = "keyfacts.caution"


# no law of the Union or the United Kingdom asks for a form of credit to shops: they see the
# commercial summary all the same
PROFILES = {
    "CN": Profile(("cn",), ("cn",), "monthly"),
    "EU": Profile(("eu",), ("ca",), "effective", "eu.caution"),
    "UK": Profile(("uk",), ("ca",), "effective"),
    "US": Profile(("us",), ("ca",), "actuarial"),
    "IN": Profile(("in",), ("in",), "monthly"),
}

# a disclosure that is not asked of every contract, and what decides (Regulation Z, 1026.2(a)(17))
_ONLY: dict[str, Callable[[Contract], bool]] = {
    "us": lambda contract: contract.cost > 0 or len(contract.payments) > 4,
}


def profile_of(regime: str) -> Profile:
    """The regime's disclosures; an unknown one gets China's, as its terms do."""
    return PROFILES.get(regime, PROFILES["CN"])


def rate_of(rates: Rates, regime: str) -> int:
    """The yearly rate that the regime wants to stand out, in millionths."""
    return {"actuarial": rates.actuarial, "effective": rates.effective}.get(
        profile_of(regime).rate, rates.monthly
    )


def all_of(contract: Contract) -> tuple[str, ...]:
    """Every paper that can be made of a contract."""
    return (PRICE,) if contract.is_price else KEYS


def asked_of(contract: Contract) -> tuple[str, ...]:
    """The boxes that the contract's own rules ask for, before key facts and agreement."""
    profile = profile_of(contract.regime)
    boxes = profile.buyer if contract.side == BUYER else profile.seller
    return tuple(key for key in boxes if key not in _ONLY or _ONLY[key](contract))
