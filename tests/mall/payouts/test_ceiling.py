"""Random claims on a release against a reckoning of our own: order, ceiling, never too much."""

from dataclasses import dataclass
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.money import Money
from ledger.accounts import account
from ledger.entries import Transfer
from mall.ports import deductions
from mall.ports.deductions import Deduction, Release

ON = date(2026, 3, 2)


@dataclass(frozen=True)
class Wants:
    """Takes as much of `wanted` as it may, in its place."""

    step: int
    wanted: int
    tied: bool = False

    def claim(self, release: Release, left: Money, ceiling: Money) -> list[Deduction]:
        most = left if self.tied else min(left, ceiling)
        amount = min(Money(self.wanted, "CNY"), most)
        if not amount:
            return []
        paid = Transfer(account("seller_payable", 7), account("capital"), amount, "x")
        return [
            Deduction(self.step, "x", amount, "X-1", (paid,), tied=self.tied, released_by="Paid.")
        ]

    def refunded(self, order_number: str, seller_id: int, amount: Money, released: bool) -> None:
        """Nothing to do."""


claims = st.lists(
    st.builds(
        lambda step, wanted, tied: Wants(step, wanted, tied and step == 4),
        st.sampled_from([1, 3, 4, 5, 6, 7]),
        st.integers(0, 120_000),
        st.booleans(),
    ),
    max_size=8,
    unique_by=lambda claim: (claim.step, claim.wanted, claim.tied),
)


def reckoned(net: int, ppm: int, wanted: list[Wants]) -> list[tuple[int, int]]:
    """The same by hand: disputes take first; then each in its place, within ppm of the rest."""
    left, taken, held = net, [], 0
    ordered = [w for step in (1, 3, 4, 5, 6, 7) for w in wanted if w.step == step]
    base: int | None = None
    for claim in ordered:
        if claim.step > 1 and base is None:
            base = left * ppm // 1_000_000
        room = left if claim.step == 1 or claim.tied else min(left, (base or 0) - held)
        part = min(claim.wanted, room)
        if part:
            taken.append((claim.step, part))
            left -= part
            held += 0 if claim.step == 1 or claim.tied else part
    return taken


@given(claims, st.integers(1, 200_000), st.integers(0, 500_000))
def test_everybody_is_served_in_order_and_nobody_above_the_ceiling(
    wanted: list[Wants], net: int, ppm: int
) -> None:
    before = list(deductions._registry.claimants)
    deductions._registry.claimants.clear()
    try:
        for claim in wanted:
            deductions.plug(claim, claim.step)
        money = Money(net, "CNY")
        taken = deductions.all_for(Release("O-1", 7, money, money, ON), ppm)
    finally:
        deductions._registry.claimants[:] = before
    assert [(d.step, d.amount.minor) for d in taken.deductions] == reckoned(net, ppm, wanted)
    untied = sum(d.amount.minor for d in taken.deductions if d.is_bound)
    assert untied <= taken.ceiling.minor <= net // 2
    assert sum(d.amount.minor for d in taken.deductions) <= net
