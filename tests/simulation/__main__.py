"""Simulate: python -m tests.simulation [--seed 7] [--steps 300] [--minutes 10]."""

import argparse
import logging
import sys
import time
from random import SystemRandom

from tests.simulation.driver import Failed, Simulation
from tests.simulation.place import clean_slate, mall


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="the first seed [a new one]")
    parser.add_argument("--steps", type=int, default=300, help="of each seed [300]")
    parser.add_argument("--minutes", type=float, default=0, help="go on with the next seeds")
    return parser.parse_args()


def main() -> int:
    said = asked()
    seed = SystemRandom().randrange(10**6) if said.seed is None else said.seed
    until, steps, seeds = time.monotonic() + said.minutes * 60, 0, 0
    logging.disable(logging.WARNING)
    with mall() as app:
        while seeds == 0 or time.monotonic() < until:
            began = time.monotonic()
            with clean_slate(app) as pile:
                try:
                    lived = Simulation(seed + seeds, pile, said.steps).run()
                except Failed as failed:
                    print(failed)
                    return 1
            steps, seeds = steps + lived.steps, seeds + 1
            took = time.monotonic() - began
            print(
                f"seed {lived.seed}: {lived.steps} steps, {lived.refusals} refused, "
                f"{len(lived.model.orders)} orders, {len(lived.model.refunds)} refunds, "
                f"{len(lived.model.payouts)} payouts, {len(lived.news.disputes.all)} disputes, "
                f"{len(lived.news.loans.all)} plans, {took:.0f} s",
                flush=True,
            )
    print(f"{seeds} seeds from {seed}, {steps} steps: book and model agreed after each of them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
