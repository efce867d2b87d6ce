"""R: repayment."""

from tests.finance.risk.features.oracle.seeing import Seen, amount, net, says, share


@says
def good_closed(s: Seen) -> int:
    return sum(r.kind == "closed" and r.good == 1 and r.days_late <= 7 for r in s.contract_events)


@says
def days_late_closed_365(s: Seen) -> int | None:
    closed = s.last("contract_events", 365, kind="closed")
    return max((r.days_late for r in closed), default=None)


@says
def minimums_missed_365(s: Seen) -> int:
    return len(s.last("contract_events", 365, kind="missed"))


@says
def recourse_rate_ppm(s: Seen) -> int | None:
    back = s.last("contract_events", 365, kind="recourse")
    return share(len(back), len(s.last("contract_events", 365, kind="pledged")))


@says
def asked_shares_30(s: Seen) -> int:
    return len(s.last("contract_events", 30, kind="asked"))


@says
def holdback_load_ppm(s: Seen) -> int | None:
    return share(amount(s.last("contract_events", 28, kind="taken"), "amount"), net(s, 0, 28))


@says
def card_refusals_90(s: Seen) -> int:
    return len(s.last("contract_events", 90, kind="refused"))


@says
def ahead_behind_ppm(s: Seen) -> int | None:
    over = {r.contract_id for r in s.contract_events if r.kind == "closed"}
    planned: dict[int, int] = {}
    for r in s.contract_minimums:
        if r.contract_id not in over and r.due_day < s.as_of:
            planned[r.contract_id] = max(r.amount, planned.get(r.contract_id, 0))
    paid = [r for r in s.contract_events if r.kind == "repaid" and r.contract_id in planned]
    asked = sum(planned.values())
    return share(amount(paid, "amount") - asked, asked)
