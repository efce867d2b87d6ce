"""What a ring earns with S1 and S3 on every rung: a newcomer, one that climbs, one long known."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from benchmarks import rings_money
from config import Config
from core.money import MILLION
from finance.capital.terms import SALES_SHARE, TERM_LOAN
from finance.risk.rungs import Ended, Proof, Rung, climb
from mall.facts.marks import Sale

STEPS = 4  # steps up that are tried
FAKED_DAYS = 270  # of the patient ring before it asks
_YEAR = 365
_LEAST = rings_money.TERMS.sales_share.amount_min
_RULES = rings_money.TERMS.rungs
_APR = rings_money.TERMS.sales_share.apr_targets[rings_money.GRADE]
_BEGAN = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Shop:
    """What sales bear of either product, and what of it each rung opens (minor units)."""

    bears: int
    net: int

    def open_on(self, rung: Rung) -> int:
        """What a shop on this rung may owe of S1 and S3 together."""
        proof = Proof(rung, _RULES, self.net, Config.COMMISSION_PPM, {})
        return min(self.bears, max(proof.free(p, _LEAST) for p in (SALES_SHARE, TERM_LOAN)))

    def rungs(self) -> list[Rung]:
        """Where it stands after no, one, … contracts, each repaid in time after a whole cycle."""
        ended: list[Ended] = []
        for step in range(STEPS):
            began = _BEGAN + timedelta(step * _RULES.cycle_days)
            whole = began + timedelta(_RULES.cycle_days)
            repaid = self.open_on(climb(ended, _RULES))
            ended.append(Ended(began, whole, self.bears, repaid, True))
        return [climb(ended[:step], _RULES) for step in range(STEPS + 1)]


def shop_of(sales: Sequence[Sale], fakes: Sequence[Sale] = ()) -> Shop:
    """A shop as the lender sees it with these sales."""
    offers = rings_money.borne(sales, fakes)
    return Shop(max(offers.values()), rings_money.net_of([*sales, *fakes]))


def profits(
    honest: Sequence[Sale], fake: Sequence[Sale], suspected: Collection[int], cost_ppm: int
) -> dict[str, int]:
    """Profit by way of climbing, in ppm of all that is faked until it leaves with the money.

    cost_ppm   of a unit of fake sales. While it climbs a ring goes on faking, and pays for what it
               borrowed on that as the grade's price says, half of it being out on average.
    """
    faked = sum(sale.amount for sale in fake)
    kept = [sale for sale in fake if sale.order_id not in suspected]
    before, after = shop_of(honest), shop_of(honest, kept)
    extra = [
        after.open_on(mine) - before.open_on(own)
        for mine, own in zip(after.rungs(), before.rungs(), strict=True)
    ]
    found = {}
    for step in range(STEPS + 1):
        share = (FAKED_DAYS + step * _RULES.cycle_days) * MILLION // FAKED_DAYS
        sold = faked * share // MILLION
        price = sum(extra[:step]) * _APR // MILLION * _RULES.cycle_days // _YEAR // 2
        left = extra[step] - price - sold * cost_ppm // MILLION
        found[f"after {step} steps"] = left * MILLION // sold
    top = Rung(proven=before.bears)
    known = after.open_on(top) - before.open_on(top) - faked * cost_ppm // MILLION
    return found | {"long known": known * MILLION // faked}


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of untouched shops: with an offer of S1 or S3, before and with the ladder; what is open."""

    offered: int
    offered_on_ladder: int
    open_ppm: tuple[int, ...]  # of what sales bear, after each step


def coverage(shops: Sequence[Sequence[Sale]]) -> Coverage:
    """What the ladder costs honest shops."""
    seen = [shop_of(sales) for sales in shops]
    able = [shop for shop in seen if shop.bears >= _LEAST]
    whole = sum(shop.bears for shop in able)
    rungs = [shop.rungs() for shop in able]
    opened = [
        sum(shop.open_on(rung[step]) for shop, rung in zip(able, rungs, strict=True))
        for step in range(STEPS + 1)
    ]
    offered = [
        shop for shop, rung in zip(able, rungs, strict=True) if shop.open_on(rung[0]) >= _LEAST
    ]
    return Coverage(
        len(able) * MILLION // len(seen),
        len(offered) * MILLION // len(seen),
        tuple(amount * MILLION // whole if whole else 0 for amount in opened),
    )
