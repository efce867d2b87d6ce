"""What happens when: actions in the order of their instants, with the clock traveling along."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush
from itertools import count
from typing import Any

from core import clock
from core.errors import DomainError
from core.jobs import Pile

Act = Callable[..., Any]


class Agenda:
    """Actions to come; what deferred jobs there are runs between them, as a worker would.

    A refusal (sold out, canceled meanwhile) is part of life here: it is counted, not raised.
    """

    def __init__(self, pile: Pile) -> None:
        self.refusals: Counter[str] = Counter()
        self._pile = pile
        self._heap: list[tuple[datetime, int, Act, tuple[Any, ...]]] = []
        self._serial = count()

    def at(self, when: datetime, act: Act, *arguments: Any) -> None:
        """Do this at an instant; what is due at one instant happens in the order it was said."""
        heappush(self._heap, (when, next(self._serial), act, arguments))

    def run_until(self, end: datetime) -> None:
        """Live until `end`; what is due later stays on the agenda and never happens."""
        while self._heap and self._heap[0][0] < end:
            when, _, act, arguments = heappop(self._heap)
            with clock.travel(when):
                self._run_jobs()
                try:
                    act(*arguments)
                except DomainError as refusal:
                    self.refusals[type(refusal).__name__] += 1
        with clock.travel(end):
            self._run_jobs()

    def _run_jobs(self) -> None:
        """Jobs are safe to run twice, so of several equal ones that are due one is enough."""
        now = clock.now()
        if not any(when <= now for when, _, _ in self._pile.waiting):
            return
        due = {
            (name, str(said)): (at, name, said)
            for at, name, said in self._pile.waiting
            if at <= now
        }
        self._pile.waiting = [*due.values(), *(job for job in self._pile.waiting if job[0] > now)]
        self._pile.run_due()
