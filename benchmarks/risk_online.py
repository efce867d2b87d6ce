"""One decision with its features from PostgreSQL, for shops of every size."""

import time
from collections.abc import Callable
from typing import Any

import psycopg

from benchmarks import place, risk_rows
from benchmarks.lending import measured

KEPT = 300  # look-ups measured a shop
COLD = 40  # of them with a connection of their own after a restart of the database


def measure(costs: Any, largest: int, small: int) -> None:
    """Fill a database of its own and measure in it."""
    shops = {101: 100, 102: 10_000, 103: largest}
    with place.mall(durable=True) as cluster:
        with psycopg.connect(place.plain(cluster.url("mall"))) as owner:
            risk_rows.fill(owner, shops, small)
        from core.db import db
        from wsgi import create_app

        with create_app().app_context():
            _decisions(costs, shops, cluster)
            db.session.remove()
            db.engine.dispose()


def _decisions(costs: Any, shops: dict[int, int], cluster: Any) -> None:
    from core import clock
    from core.db import db
    from finance.risk import features, scorecard
    from finance.risk.engines import kept
    from finance.risk.engines.quick import Quick

    day, quick = clock.day_number(clock.now()), Quick(scorecard.load("seller_expert_1"))
    print(f"\nOne decision: {len(features.features_of('seller'))} features and the score")
    for seller, lines in shops.items():
        first = measured(lambda seller=seller: kept.features_of("seller", seller, day))  # type: ignore[misc]
        print(f"  {lines:>9,} lines, computed and kept: {first.clock * 1e3:,.0f} ms, ", end="")
        print(f"{first.cpu * 1e3:,.0f} ms of CPU")

    def decide(seller: int) -> None:
        facts = kept.features_of("seller", seller, day)
        if facts is None or not quick.score(facts).score:
            raise RuntimeError("a shop that is there has features")

    print("  from the kept row, in turns:")
    whole = measured(lambda: _tell(shops, decide, KEPT))
    for lines in shops.values():
        costs.found[f"a decision from the kept row, {lines:,} lines"] = (
            whole.cpu / KEPT / len(shops)
        )
    print(f"  {whole.cpu / KEPT / len(shops) * 1e6:,.0f} us of CPU each, the database's included")
    db.session.remove()
    db.engine.dispose()
    cluster.stop()
    cluster.start()

    def cold(seller: int) -> None:
        decide(seller)
        db.session.remove()
        db.engine.dispose()

    print("  after a restart of the database, each on a connection of its own:")
    _tell(shops, cold, COLD)


def _tell(shops: dict[int, int], work: Callable[[int], None], rounds: int) -> None:
    """Milliseconds by the clock and of our CPU, the shops in turns so that all meet the same load."""
    clocks: dict[int, list[float]] = {seller: [] for seller in shops}
    cpu = dict.fromkeys(shops, 0.0)
    for _ in range(rounds):
        for seller in shops:
            used, began = time.process_time(), time.perf_counter()
            work(seller)
            clocks[seller].append((time.perf_counter() - began) * 1e3)
            cpu[seller] += time.process_time() - used
    first = next(iter(shops))
    for seller, lines in shops.items():
        times = sorted(clocks[seller])
        p50, p99 = times[rounds // 2], times[min(rounds - 1, rounds * 99 // 100)]
        print(f"  {lines:>9,} lines  p50 {p50:>7.2f} ms, p99 {p99:>7.2f} ms, ", end="")
        print(f"{cpu[seller] / rounds * 1e6:,.0f} us of our CPU: ", end="")
        print(f"{cpu[seller] / cpu[first]:.2f} times the smallest shop's")
