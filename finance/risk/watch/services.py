"""Look at every card in use, keep what was found, and tell admins when a line is crossed."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core import clock, messages
from core.db import db
from core.use_case import use_case
from finance.risk.watch import reading, rules
from finance.risk.watch.models import WatchRun
from finance.risk.watch.rules import CALM, Finding, Limits, worst


@dataclass(frozen=True, slots=True)
class Watched:
    """One card: what its decisions are compared with, and what was found, by month."""

    card: str
    subject: str
    against: str
    findings: tuple[Finding, ...]

    @property
    def level(self) -> str:
        return worst(self.findings)

    def as_data(self) -> dict[str, Any]:
        return {
            "card": self.card,
            "subject": self.subject,
            "against": self.against,
            "findings": [found.as_data() for found in self.findings],
        }


def look(by: Limits | None = None) -> list[Watched]:
    """Every card that has decided in the last months; reads only."""
    limits = by or rules.limits()
    found = [_card(name, limits) for name in reading.cards()]
    return [each for each in found if each is not None]


def _card(name: str, by: Limits) -> Watched | None:
    seen = reading.seen(name, by)
    if seen is None:
        return None
    findings: list[Finding] = []
    before: list[tuple[int, int]] = []
    if not seen.trained and seen.base.count:
        before.append((seen.base.count, seen.base.approved))
    for month, counts in sorted(seen.months.items()):
        now = (counts.count, counts.approved)
        if counts.count >= by.least:
            findings += rules.of_month(month, counts, seen.base, by)
            findings += [f for f in rules.of_approvals(month, now, before, by) if _told(f, month)]
        before.append(now)
    for month, ended in reading.matured(seen.card, by).items():
        findings += rules.of_outcomes(month, ended, by)
    against = "its training" if seen.trained else f"its first {seen.base.count} decisions"
    return Watched(name, seen.subject, against, tuple(findings))


def _told(found: Finding, month: str) -> bool:
    """A month that is not over yet has fewer decisions for that reason alone."""
    return found.what != "volume" or month != reading.month_of(clock.now())


@use_case
def keep(found: list[Watched]) -> WatchRun:
    """Write a look down; when a line is crossed every admin is told, once a day."""
    every = [finding for each in found for finding in each.findings]
    run = WatchRun(level=worst(every), found=[each.as_data() for each in found])
    db.session.add(run)
    db.session.flush()
    over = [f"{each.card}: {f.what} in {f.month}" for each in found for f in _over(each)]
    if over:
        messages.to_admins(
            "risk_watch",
            key=f"watch:{clock.today().isoformat()}",
            link="/admin/lending/watch",
            what="; ".join(over[:8]),
            count=len(over),
        )
    return run


def _over(each: Watched) -> list[Finding]:
    """What is not calm, the worst first."""
    return sorted(
        (found for found in each.findings if found.level != CALM),
        key=lambda found: (found.level != rules.STOP, found.month),
    )


def last() -> WatchRun | None:
    """The last look that was kept."""
    return db.session.scalars(select(WatchRun).order_by(WatchRun.id.desc()).limit(1)).first()
