"""How long the score alone takes, with its four reasons."""

import time
from typing import Any

ROUNDS = 20_000
AIM_US = 5.0


def measure(costs: Any) -> None:
    """CPU of the card as it is read, and of the same card laid out for millions."""
    from finance.risk import scorecard
    from finance.risk.engines.quick import Quick

    card = scorecard.load("seller_expert_1")
    values = {line.feature: line.bins[len(line.bins) // 2].below or 5 for line in card.lines}
    count = len(card.score(values).lost)
    print(f"Score of {len(card.lines)} lines with {count} reasons")
    plain = _each(lambda: card.score(values), ROUNDS // 10)
    quick = Quick(card)
    fast = min(_each(lambda: quick.score(values), ROUNDS) for _ in range(5))
    add = _each(lambda: sum(values.values()), ROUNDS)
    print(f"  Card.score {plain * 1e6:.1f} us, Quick.score {fast * 1e6:.2f} us of CPU", end="")
    print(f" (best of 5; aim {AIM_US}: {'holds' if fast * 1e6 <= AIM_US else 'does not'};")
    print(f"  adding up {len(values)} numbers takes {add * 1e6:.2f} us here)")
    costs.found["a score with four reasons"] = fast


def _each(work: Any, rounds: int) -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - began) / rounds
