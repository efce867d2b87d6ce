"""Every case agrees in every figure: schedules to the cent, splits, totals, status."""

from decimal import Decimal
from pathlib import Path

import pytest

from finance.lending.replay.answer import answer
from finance.lending.replay.text import parse

HERE = Path(__file__).parent
FILLED = ("rows", "expected", "verified")
# what the sources show on some lines only
BESIDE = ("verified", "in_advance", "late", "id")


def cases(name: str) -> list[dict]:
    return [parse(line) for line in (HERE / name).read_text().splitlines()]


def question(case: dict) -> dict:
    """The case without its answers."""
    timeline = [
        {k: v for k, v in item.items() if "checkpoint" not in item or k not in FILLED}
        for item in case["timeline"]
    ]
    return {"config": case["config"], "timeline": timeline}


def differences(want: object, got: object, where: str) -> list[str]:
    if isinstance(want, dict):
        assert isinstance(got, dict), where
        keys = [k for k in want if k not in BESIDE]
        return [d for k in keys for d in differences(want[k], got.get(k, 0), f"{where}.{k}")]
    if isinstance(want, list):
        want = [line for line in want if not str(line.get("type", "")).startswith("Accrual")]
        if len(want) != len(got):
            return [f"{where}: {len(want)} lines, not {len(got)}"]
        pairs = enumerate(zip(want, got, strict=True))
        return [d for n, (a, b) in pairs for d in differences(a, b, f"{where}[{n}]")]
    if isinstance(want, int | Decimal) and not isinstance(want, bool):
        same = Decimal(want) == Decimal(got).quantize(Decimal("0.01"))
    else:
        same = want == got
    return [] if same else [f"{where}: {want}, not {got}"]


@pytest.mark.parametrize(
    "case", cases("schedules.jsonl") + cases("events.jsonl"), ids=lambda case: case["id"]
)
def test_a_case_agrees(case: dict) -> None:
    got = answer(question(case))
    found = []
    for place, (want, have) in enumerate(zip(case["timeline"], got["timeline"], strict=True)):
        if "checkpoint" in want:
            found += differences(want, have, f"timeline[{place}] {want['checkpoint']}")
    assert not found, "\n".join(found)
