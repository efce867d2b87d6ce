"""Decide again from a file of kept decisions: no database, nothing but the standard library.

`python -m finance.risk.again FILE`, one JSON object a line: id, policy, card, card_hash, inputs,
outcome. Says which came out otherwise; the exit code is 1 if any did.
"""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from finance.risk import policies, scorecard


def differs(kept: dict[str, Any]) -> str:
    """Why a kept decision does not come out the same; "" when every byte does."""
    try:
        card, policy = scorecard.load(kept["card"]), policies.named(kept["policy"])
    except (OSError, policies.UnknownPolicy):
        return f"its card {kept['card']} or policy {kept['policy']} is not known any more"
    if card.hash != kept["card_hash"]:
        return f"card {kept['card']} is {card.hash[:12]} now, it was {kept['card_hash'][:12]}"
    try:
        again = policy(kept["inputs"], card).as_bytes()
    except (KeyError, TypeError, ValueError) as wrong:
        return f"its inputs cannot be read: {wrong!r}"
    return "" if again == kept["outcome"].encode() else _where(kept["outcome"], again.decode())


def _where(kept: str, again: str) -> str:
    """The parts of the answer that changed, by name."""
    try:
        was, now = json.loads(kept), json.loads(again)
    except ValueError:
        return "what was kept is no answer"
    names = sorted(name for name in {*was, *now} if was.get(name) != now.get(name))
    found = [f"{name} was {_short(was.get(name))}, is {_short(now.get(name))}" for name in names]
    return "; ".join(found) or "the same answer in other bytes"


def _short(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= 60 else text[:57] + "..."


def different(lines: Iterable[str]) -> tuple[int, list[str]]:
    """(how many were decided again, what differs)."""
    count, found = 0, []
    for count, line in enumerate(lines, 1):  # noqa: B007 - how many there were
        kept = json.loads(line)
        if why := differs(kept):
            found.append(f"{kept['id']}: {why}")
    return count, found


def main(path: str) -> int:
    with Path(path).open(encoding="utf-8") as lines:
        count, found = different(lines)
    said = [*found, f"{count} decided again, {len(found)} differ."]
    sys.stdout.writelines(f"{line}\n" for line in said)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
