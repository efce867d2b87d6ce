"""A red team against the lender: what fake sales are found, what they earn, and what they cost.

python -m benchmarks rings [--seed 1] [--shops 240] [--attacked 40]

Rings of rising sophistication add a month's sales to shops of a generated mall. The detector runs
as it is shipped: its thresholds were written down before these rings were. Recall at 1 % false
alarms ranks shops by suspicion against the untouched ones; what is left out of the bases is what
the shipped thresholds suspect. Extra advances come from the lender's own limits.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import mean

from benchmarks import rings_ladder, rings_money, rings_world
from benchmarks.rings_attacks import ATTACKS, Attack
from benchmarks.rings_world import World
from finance.risk.fraud.signals import judge
from mall.facts.marks import Sale, Shop

PRODUCTS = ("S1", "S2", "S3")


@dataclass
class Result:
    """Of one attack: shares in ppm, amounts in minor units a unit of fake sales (ppm).

    extra, profit   by product, after what was suspected has left the base; `blind` without it
    unguarded       kept of S2 if the ring could give all its orders back while they are under way
    rungs           profit of the patient with S1 and S3 together, by how it came to its limit
    guarded         kept as far as a shop may give back alone (finance/capital/refund_guard.py)
    """

    attack: Attack
    recall_at_1: int = 0
    shops_flagged: int = 0
    orders_found: int = 0
    cost: int = 0
    extra: dict[str, int] = field(default_factory=dict)
    blind: dict[str, int] = field(default_factory=dict)
    profit: dict[str, int] = field(default_factory=dict)
    unguarded: int = 0
    guarded: int = 0
    rungs: dict[str, int] = field(default_factory=dict)


@dataclass
class Report:
    orders: int
    untouched: int
    false_alarms: int
    false_orders: int
    results: list[Result]
    coverage: rings_ladder.Coverage


def run(seed: int, shops: int, attacked: int) -> Report:
    """Make the world, attack the first shops in every way, look, and reckon."""
    world = rings_world.make(seed, shops)
    targets, rest = world.shops[:attacked], world.shops[attacked:]
    calm = world.mall([], [])
    alarms = [judge(calm, "seller", shop.seller_id) for shop in rest]
    suspicions = sorted((a.suspicion for a in alarms), reverse=True)
    line = suspicions[len(rest) // 100]  # one in a hundred lies above it
    honest = {s.order_id for s in calm.recent if s.seller_id > attacked}
    wrongly = {order for alarm in alarms for order in alarm.orders}
    return Report(
        orders=len(world.sales),
        untouched=len(rest),
        false_alarms=_ppm(sum(a.action != "clear" for a in alarms), len(rest)),
        false_orders=_ppm(len(wrongly & honest), len(honest)),
        results=[_attack(world, targets, attack, line) for attack in ATTACKS],
        coverage=rings_ladder.coverage(_sales_of(world, rest)),
    )


def _sales_of(world: World, shops: Sequence[Shop]) -> list[list[Sale]]:
    sales = rings_money.by_shop(world)
    return [sales[shop.seller_id] for shop in shops]


def _attack(world: World, targets: Sequence[Shop], attack: Attack, line: int) -> Result:
    by_shop = rings_money.by_shop(world)
    fakes = {
        shop.seller_id: attack.fake(world, shop, rings_money.a_month(by_shop[shop.seller_id]))
        for shop in targets
    }
    everything = [sale for sold in fakes.values() for sale in sold]
    mall = world.mall([s for s in everything if s.at >= rings_world.AT - 180 * rings_world.DAY], [])
    result, caught, flagged, found, faked = Result(attack), 0, 0, 0, 0
    reckoned, climbed = [], []
    for shop in targets:
        judgment = judge(mall, "seller", shop.seller_id)
        mine = [s for s in fakes[shop.seller_id] if s.seller_id == shop.seller_id]
        caught += judgment.suspicion > line
        flagged += judgment.action != "clear"
        seen = [s for s in mine if s.order_id in judgment.orders]
        found, faked = found + len(seen), faked + len(mine)
        own = by_shop[shop.seller_id]
        reckoned.append(rings_money.reckon(own, mine, judgment.orders))
        if attack.is_patient:
            cost = reckoned[-1].cost
            climbed.append(rings_ladder.profits(own, mine, judgment.orders, cost))
    result.recall_at_1 = _ppm(caught, len(targets))
    result.shops_flagged, result.orders_found = _ppm(flagged, len(targets)), _ppm(found, faked)
    result.cost = round(mean(r.cost for r in reckoned))
    for product in PRODUCTS:
        result.extra[product] = round(mean(r.extra[product] for r in reckoned))
        result.blind[product] = round(mean(r.blind[product] for r in reckoned))
        kept = 0 if product == "S2" else result.extra[product]  # what is received repays S2
        result.profit[product] = kept - result.cost
    result.unguarded = round(mean(r.unguarded for r in reckoned))
    result.guarded = round(mean(r.guarded for r in reckoned))
    for way in climbed[0] if climbed else ():
        result.rungs[way] = round(mean(shop[way] for shop in climbed))
    return result


def _ppm(part: int, whole: int) -> int:
    return part * 1_000_000 // whole if whole else 0


def holds(report: Report) -> bool:
    """Whether no ring of the mark earns anything: orders that arrive, and orders given back."""
    marked = [r for r in report.results if r.attack.in_mark]
    return all(p <= 0 for r in marked for p in (*r.profit.values(), r.guarded, *r.rungs.values()))


def main(arguments: list[str]) -> None:
    """Attack and print."""
    parser = argparse.ArgumentParser("python -m benchmarks rings", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shops", type=int, default=240)
    parser.add_argument("--attacked", type=int, default=40)
    asked = parser.parse_args(arguments)
    began = time.process_time()
    report = run(asked.seed, asked.shops, asked.attacked)
    _tell(report, asked.seed)
    print(f"\n{time.process_time() - began:.1f} CPU seconds.")


def _tell(report: Report, seed: int) -> None:
    print(f"Seed {seed}: {report.orders:,} honest orders, {report.untouched} untouched shops;")
    print(
        f"false alarms of the shipped thresholds: {_p(report.false_alarms)} of these shops, "
        f"{_p(report.false_orders)} of their orders.\n"
    )
    heads = ("recall", "flagged", "orders", "cost", *(f"extra {p}" for p in PRODUCTS))
    print(f"{'ring':<23}" + "".join(f"{h:>10}" for h in heads))
    for r in report.results:
        cells = (r.recall_at_1, r.shops_flagged, r.orders_found, r.cost, *r.extra.values())
        print(f"{r.attack.name:<23}" + "".join(f"{_p(c):>10}" for c in cells))
    print(f"\n{'of each unit faked':<23}" + "".join(f"{h:>14}" for h in _MONEY))
    for r in report.results:
        cells = (*r.blind.values(), *r.profit.values(), r.unguarded, r.guarded)
        print(f"{r.attack.name:<23}" + "".join(f"{_p(c):>14}" for c in cells))
    for r in report.results:
        for way, profit in r.rungs.items():
            print(f"{r.attack.name}, S1 and S3 together, {way}: {_p(profit)}")
    cover = report.coverage
    print(
        f"\nUntouched shops with an offer: {_p(cover.offered)}, on the ladder "
        f"{_p(cover.offered_on_ladder)}; open of what sales bear after each step: "
        + ", ".join(_p(share) for share in cover.open_ppm)
    )
    verdict = "holds" if holds(report) else "DOES NOT HOLD"
    print(f"\nProfit at most 0 at every level of the mark (S1, S2, S3): {verdict}.")


_MONEY = (
    *(f"blind {p}" for p in PRODUCTS),
    *(f"profit {p}" for p in PRODUCTS),
    "back, free",
    "back, guard",
)


def _p(ppm: int) -> str:
    return f"{ppm / 10_000:.1f} %"
