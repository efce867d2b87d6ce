"""A back-test as a report: every policy at every budget share, as data and as lines to print."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import InvalidInput
from finance.risk.capacity import features, panel
from finance.risk.capacity import policies as rules
from finance.risk.capacity.backtest import Trial, cutoffs_of, dates, described, plain, snapped


def report(
    path: Path,
    *,
    policies: Sequence[str],
    term: int,
    remittance: Any,
    shares: Sequence[Any],
    cutoffs: str,
    loss: Any,
) -> dict[str, Any]:
    """Run every policy over the file; raises InvalidInput in a sentence."""
    if not 0 < remittance <= 1:
        raise InvalidInput("The remittance is a share of sales: above 0 and at most 1.")
    if not 0 <= loss <= 100:
        raise InvalidInput("The loss is a per cent of what is advanced: from 0 to 100.")
    sales = panel.read(path)
    days = _days(sales, cutoffs, term)
    found: dict[str, Any] = {
        "sellers": len(sales.sellers),
        "cutoffs": dates(days),
        "term_days": term,
        "remittance": remittance,
        "loss_limit_percent": loss,
        "notes": [note for day in days for note in _notes(sales, day, term)],
        "policies": {},
    }
    for name in policies:
        trial = Trial(sales, _policy(name), term, remittance, tuple(days))
        found["policies"][name] = {
            "by_budget_share": {str(share): described(trial.lent(share)) for share in shares},
            "capital_at_loss_limit": round(plain(trial.capital_at(loss)), 4),
        }
    return found


def _policy(name: str) -> rules.Policy:
    return rules.named(name)


def _days(sales: panel.Panel, cutoffs: str, term: int) -> list[int]:
    if not cutoffs:
        return cutoffs_of(sales, term)
    found = sorted({_day(sales, text.strip()) for text in cutoffs.split(",") if text.strip()})
    for day in found:
        if not sales.total(sales.sales, day - term, day).max() > 0:
            raise InvalidInput(f"Nothing was sold in the {term} days before {panel.date_of(day)}.")
        if day >= int(sales.stop.max()):
            raise InvalidInput(f"No sales are known after {panel.date_of(day)}.")
    if not found:
        raise InvalidInput("There is no cut-off. Write dates with commas: 2025-03-31.")
    return found


def _day(sales: panel.Panel, text: str) -> int:
    try:
        return snapped(sales, panel.day_number(text, last=True))
    except ValueError:
        raise InvalidInput(f"{text!r} is no date. Write 2025-03-31.") from None


def _notes(sales: panel.Panel, day: int, term: int) -> list[str]:
    """What makes the figures of a cut-off say less than they seem to."""
    found = []
    cut = (sales.start < day) & (sales.stop > day)
    if cut.mean() > 0.5 / max(1, len(np.unique(sales.start))):
        found.append(f"{panel.date_of(day)} lies inside a period: known is what ended before it.")
    missing = day + term - int(sales.stop.max())
    if missing > features.SLACK:
        found.append(
            f"The file ends {missing} days before the term from {panel.date_of(day)} does."
        )
    return found


def shares_of(text: str) -> list[Any]:
    """Budget shares written with commas."""
    try:
        shares = [np.float64(part).item() for part in text.split(",")]
    except ValueError:
        raise InvalidInput("Budget shares are numbers with commas: 0.1,0.2,0.3.") from None
    if not all(0 < share <= 2 for share in shares):
        raise InvalidInput("A budget share is above 0 and at most 2.")
    return shares


def lines(found: dict[str, Any]) -> list[str]:
    """The report as lines of a table."""
    printed = [
        f"{found['sellers']} sellers, {found['term_days']} days, "
        f"remittance {found['remittance']:.0%}, cut-offs {', '.join(found['cutoffs'])}"
    ]
    printed += [f"Note: {note}" for note in found["notes"]]
    for name, of in found["policies"].items():
        printed.append(f"{name}: share lent   loss    used   funded   top 1 %")
        for share, row in of["by_budget_share"].items():
            printed.append(
                f"  {share:>16} {row['loss_percent']:>8.2f}% {row['used_of_budget']:>6.0%} "
                f"{row['coverage']:>7.0%} {row['top_hundredth_share']:>8.0%}"
            )
        capital = of["capital_at_loss_limit"]
        printed.append(f"  at {found['loss_limit_percent']:g} % loss: share {capital:.3f}")
    return printed
