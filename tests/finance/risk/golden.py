"""Cases with known answers: `python -m tests.finance.risk.golden` adds those of policies not there yet.

Answers in the file are never written anew: a policy that answers otherwise needs another name.
"""

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

from finance.capital import terms as capital
from finance.products import REGIMES, shelf
from finance.risk import policies, policy, scorecard, seller_policy
from finance.risk.buyer_case import Book
from finance.risk.rungs import Proof, Rung
from finance.risk.seller_case import Standing

FILE = Path(__file__).with_name("golden.jsonl")
CASES = 24
LADDER_CASES = 4
SELLER_PRODUCTS = (
    capital.ORDER_ADVANCE, capital.PAID_TODAY, capital.SALES_SHARE, capital.TERM_LOAN,
)  # fmt: skip


def pick(seed, *values):
    """One of the values, by hash: the same on every machine."""
    digest = hashlib.sha256(seed.encode()).digest()
    return values[int.from_bytes(digest[:8]) % len(values)]


def some(line, seed):
    """A value in, at or beyond one of a line's bins, or none; the best ones more often."""
    edges = [b.below for b in line.bins[:-1]]
    best = [edges[-1] if line.sign == "+" else edges[0] - 1] * 4 * len(edges)
    return pick(seed + line.feature, None, *edges, *(edge - 1 for edge in edges), *best)


def buyer_case(serial):
    card = scorecard.load("buyer_expert_1")
    seed = f"buyer {serial} "
    own = {"plans_running", "plans_finished", "days_late_max_365", "load_ppm"}
    regime = pick(seed, *REGIMES)
    terms = shelf(regime)[serial % 3]
    book = {
        "used": pick(seed + "used", 0, 0, 20_000, 400_000),
        "used_here": pick(seed + "here", 0, None),
        "due_30": pick(seed + "due", 0, 9_000),
        "overdue": pick(seed + "overdue", 0, 0, 0, 4_000),
        "overdue_since": "2026-11-01",
        "plans_running": pick(seed + "running", 0, 1, 5),
        "plans_finished": pick(seed + "finished", 0, 2),
        "own_ceiling": pick(seed + "ceiling", None, None, 50_000),
        "days_late_max_365": pick(seed + "late", None, 0, 2, 40),
    }
    inputs = {
        "asked": {
            "amount": pick(seed + "amount", 15_000, 60_000, 200_000, 900_000),
            "months": pick(seed + "months", *terms.terms),
        },
        "book": asdict(Book(**book)),
        "currency": "CNY",
        "features": {li.feature: some(li, seed) for li in card.lines if li.feature not in own},
        "terms": terms.as_data() | {"terms": list(terms.terms)},
        "usual_month": pick(seed + "usual", 0, 20_000, 80_000),
        "person": {
            "of_age": pick(seed + "age", True, True, True, True, True, False, None),
            "granted_ppm": (rung := pick(seed + "rung", 1_000_000, 1_000_000, 500_000, 1_500_000)),
            "earned_ppm": pick(seed + "earned", rung, rung * 3 // 2),
            "lifted": pick(seed + "lifted", 0, 0, 0, 300_000),
        },
        "gate": pick(
            seed + "gate",
            {},
            {},
            {},
            {},
            {"action": "stop", "signals": [["X22", "Many accounts share a card."]]},
        ),
    }
    return policy.POLICY, "buyer_expert_1", inputs


def seller_case(serial):
    card = scorecard.load("seller_expert_1")
    seed = f"seller {serial} "
    own = {"days_late_max_365", "minimums_missed", "load_ppm", "asks_30"}
    standing = Standing(
        supports=pick(seed + "supports", 0, 900_000, 20_000_000),
        used=pick(seed + "used", 0, 500_000),
        hold=pick(seed + "hold", "", "", "", "a check"),
        days_late=pick(seed + "late", 0, 0, 0, 5),
        load_ppm=pick(seed + "load", None, 100_000, 600_000),
        asks_30=pick(seed + "asks", 0, 1, 9),
        running_owed=100_000,
        running_repaid_ppm=pick(seed + "repaid", None, 100_000, 700_000),
        account_age_days=pick(seed + "account", None, 3, 90),
        active_months_6=pick(seed + "six", 2, 6),
        lifted=pick(seed + "lifted", 0, 0, 0, 5_000_000),
    )
    inputs = {
        "asked": {
            "product": SELLER_PRODUCTS[serial % 4],
            "amount": pick(seed + "amount", 5_000, 800_000, 9_000_000),
        },
        "currency": "CNY",
        "evidence": {},
        "features": {li.feature: some(li, seed) for li in card.lines if li.feature not in own},
        "standing": asdict(standing),
        "gate": pick(
            seed + "gate",
            {},
            {},
            {},
            {"action": "review", "signals": [["X7", "Money came back."]], "orders": ["O-1"]},
        ),
        "rungs": pick(seed + "rungs", {}, climbed(seed).as_data()),
        "terms": capital.CN.as_data(),
    }
    return seller_policy.POLICY, "seller_expert_1", inputs


def ladder_case(serial):
    """A good shop that asks for more than it has shown it repays, or than its sales paid."""
    _, card, inputs = seller_case(serial)
    seed = f"ladder {serial} "
    rung = Rung(pick(seed + "proven", 0, 1_000_000), 45 * serial, 300_000, 900_000)
    proof = Proof(rung, capital.CN.rungs, 9_000_000, 50_000, {})
    inputs["standing"] = asdict(
        Standing(supports=20_000_000, account_age_days=400, active_months_6=6)
    )
    inputs["features"] |= {"shop_age_days": 700, "active_months_12": 12, "net_90": 50_000_000}
    inputs["asked"] = {"product": SELLER_PRODUCTS[2 + serial % 2], "amount": 3_000_000}
    return seller_policy.POLICY, card, inputs | {"gate": {}, "rungs": proof.as_data()}


def climbed(seed):
    """Where a shop stands on the ladder of S1 and S3."""
    rung = Rung(pick(seed + "proven", 0, 1_200_000), pick(seed + "days", 0, 100), 300_000, 900_000)
    owed = {capital.TERM_LOAN: pick(seed + "owed", 0, 400_000)}
    return Proof(rung, capital.CN.rungs, 9_000_000, 50_000, owed)


def kept(name, case):
    """A line of the file."""
    rules, card_name, inputs = case
    card, inputs = scorecard.load(card_name), json.loads(json.dumps(inputs))
    outcome = policies.named(rules)(inputs, card).as_bytes().decode()
    return {
        "id": name, "policy": rules, "card": card_name, "card_hash": card.hash, "inputs": inputs,
        "outcome": outcome,
    }  # fmt: skip


def lines():
    return FILE.read_text(encoding="utf-8").splitlines() if FILE.exists() else []


def add_missing():
    """Append the cases of policies that have none."""
    there = {json.loads(line)["policy"] for line in lines()}
    made = [
        kept(f"{case.__name__} {serial}", found)
        for case in (buyer_case, seller_case, ladder_case)
        for serial in range(CASES if case is not ladder_case else LADDER_CASES)
        if (found := case(serial))[0] not in there
    ]
    with FILE.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(line, sort_keys=True) + "\n" for line in made)


if __name__ == "__main__":
    add_missing()
