"""Try the fault plan: python -m tests.chaos [--quick] [--only kill --flow refund --point 3 --seed 7]."""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from random import SystemRandom

from tests.chaos import (
    clocks,
    database,
    edges,
    gateway_faults,
    kill,
    load,
    restoring,
    rounds,
    simulating,
    tamper,
    webhooks,
)
from tests.chaos.malls import City, city
from tests.chaos.report import Report
from tests.chaos.wanted import Wanted

KINDS: dict[str, Callable[[City, Wanted, Report], None]] = {
    "kill": kill.run,
    "gateway": gateway_faults.run,
    "webhooks": webhooks.run,
    "rounds": rounds.run,
    "clocks": clocks.run,
    "edges": edges.run,
    "tamper": tamper.run,
    "restore": restoring.run,
    "load": load.run,
    "database": database.run,
    "simulation": simulating.run,
}


def asked() -> Wanted:
    parser = argparse.ArgumentParser("python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="repeat a run [a new one]")
    parser.add_argument("--quick", action="store_true", help="some of each kind, about a minute")
    parser.add_argument(
        "--minutes", type=float, help="short runs with one seed after another, for so long"
    )
    parser.add_argument("--only", action="append", choices=list(KINDS), help="one kind; again")
    parser.add_argument("--flow", default="", help="one flow, such as refund")
    parser.add_argument("--point", type=int, default=0, choices=range(1, 10), metavar="1..9")
    said = parser.parse_args()
    seed = SystemRandom().randrange(10**6) if said.seed is None else said.seed
    return Wanted(
        seed=seed,
        only=tuple(said.only or ()),
        flow=said.flow,
        point=said.point,
        quick=said.quick or said.minutes is not None,
        until=None if said.minutes is None else time.monotonic() + said.minutes * 60,
    )


def main() -> int:
    wanted = asked()
    report = Report(wanted.seed)
    with city() as place:
        _run(place, wanted, report)
        while wanted.until is not None and not wanted.is_over:
            wanted = replace(wanted, seed=wanted.seed + 1)
            _run(place, wanted, report)
    print("\n".join(report.lines()))
    if not report.tried:
        print("nothing was tried: no such flow")
    return 1 if report.losses or not report.tried else 0


def _run(place: City, wanted: Wanted, report: Report) -> None:
    """Try every kind that is wanted, as long as there is time."""
    print(f"chaos with seed {wanted.seed}", flush=True)
    for name in wanted.only or KINDS:
        if wanted.is_over:
            report.note(f"seed {wanted.seed}: the time was over before {name}")
            return
        print(f"· {name}", flush=True)
        KINDS[name](place, wanted, report)
    report.rounds += 1


if __name__ == "__main__":
    sys.exit(main())
