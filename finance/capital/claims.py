"""Taking back out of settlements: what lenders of orders and of sales claim when one is released.

Plugged into `mall.ports.deductions` in the settlement order: orders first (step 4), what refunds
made due (step 4, not tied), then the sales share (step 5). Called inside the release.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from core import clock
from core.db import db
from core.money import Money
from finance.capital import bookkeeping, exposure, life, queries
from finance.capital.models import Advance, Pledge
from finance.capital.order_advance import rules as order_rules
from finance.capital.sales_share import rules as share_rules
from finance.capital.terms import NAMES, PAID_TODAY
from finance.risk.seller import terms
from mall import facts
from mall.ports.deductions import Deduction, Release

TIED_STEP, SHARE_STEP = 4, 5


def by_advance(pledges: Sequence[Pledge]) -> list[tuple[Advance, list[Pledge]]]:
    """Pledges grouped by the advance they back, the oldest advance first."""
    ordered = sorted(pledges, key=lambda pledge: (pledge.advance_id, pledge.id))
    return [
        (db.session.get_one(Advance, advance_id), list(group))
        for advance_id, group in groupby(ordered, key=lambda pledge: pledge.advance_id)
    ]


@dataclass(frozen=True)
class OrderClaims:
    """S2 and S4: the advance on this very order comes back first, outside the ceiling."""

    def claim(self, release: Release, left: Money, ceiling: Money) -> list[Deduction]:
        exposure.lock(release.seller_id)
        taken = []
        for advance, pledges in by_advance(
            queries.open_pledges(release.seller_id, release.order_number)
        ):
            deduction = self._take(advance, pledges, release, left)
            left = left - deduction.amount if deduction else left
            taken += [deduction] if deduction else []
        return taken

    def _take(
        self, advance: Advance, pledges: list[Pledge], release: Release, left: Money
    ) -> Deduction | None:
        life.reckon(advance, pledges, release.on)
        principal, fee = life.pay_pledges(advance, pledges, left, release.on, only_recourse=False)
        self._leave_the_rest(advance, pledges, release)
        if not principal + fee:
            return None
        repaid = bookkeeping.repaid(
            advance.number, advance.seller_id, principal, fee, "order_repaid"
        )
        text = _told(advance, principal, fee)
        life.remember(
            advance,
            principal,
            fee,
            release.on,
            reason="order",
            order_number=release.order_number,
            tied=True,
            text=text,
        )
        life.close_if_paid(advance, release.on)
        return Deduction(
            step=TIED_STEP,
            reason=advance.product,
            amount=principal + fee,
            contract=advance.number,
            transfers=repaid,
            note=text,
            released_by="Nothing is held: it repaid what this order was advanced.",
        )

    def _leave_the_rest(self, advance: Advance, pledges: list[Pledge], release: Release) -> None:
        """What the release could not pay is due apart from it, with the usual free days."""
        due_on = life.free_until(release.on, terms().order_advance.free_days)
        for pledge in pledges:
            if pledge.closed_on is None:
                why = f"Order {release.order_number} released less than its advance."
                life.due_apart(pledge, pledge.open, due_on, why)

    def refunded(self, order_number: str, seller_id: int, amount: Money, released: bool) -> None:
        """An order that is given back before its release no longer backs its advance."""
        exposure.lock(seller_id)
        if released or not (pledges := queries.open_pledges(seller_id, order_number)):
            return
        order = facts.order_facts(order_number)
        before = order.total - order.refunded + amount
        for advance, group in by_advance(pledges):
            self._call_back(advance, group, amount, before)

    def _call_back(
        self, advance: Advance, pledges: list[Pledge], amount: Money, before: Money
    ) -> None:
        today = clock.today()
        life.reckon(advance, pledges, today)
        due_on = life.free_until(today, terms().order_advance.free_days)
        order_number, due = pledges[0].order_number, 0
        for pledge in pledges:
            running = advance.money(pledge.open - pledge.recourse)
            part = order_rules.due_share(running, amount, before).minor
            life.due_apart(pledge, part, due_on, f"Order {order_number} was given back.")
            due += part
        text = f"Order {order_number} was given back: its advance is due by {due_on.isoformat()}."
        life.note(advance, "refund_due", today, amount=due, text=text)


@dataclass(frozen=True)
class RecourseClaims:
    """What a refund made due is taken from the next settlements, within the ceiling."""

    def claim(self, release: Release, left: Money, ceiling: Money) -> list[Deduction]:
        exposure.lock(release.seller_id)
        due = [p for p in queries.open_pledges(release.seller_id) if p.recourse]
        taken, most = [], min(left, ceiling)
        for advance, pledges in by_advance(due):
            if not most:
                break
            deduction = self._take(advance, pledges, release, most)
            most = most - deduction.amount
            taken.append(deduction)
        return taken

    def _take(
        self, advance: Advance, pledges: list[Pledge], release: Release, most: Money
    ) -> Deduction:
        life.reckon(advance, pledges, release.on)
        principal, fee = life.pay_pledges(advance, pledges, most, release.on, only_recourse=True)
        repaid = bookkeeping.repaid(
            advance.number, advance.seller_id, principal, fee, "refund_repaid"
        )
        text = " ".join(dict.fromkeys(pledge.why for pledge in pledges))
        life.remember(
            advance,
            principal,
            fee,
            release.on,
            reason="refund",
            order_number=release.order_number,
            text=text,
        )
        life.close_if_paid(advance, release.on)
        return Deduction(
            step=TIED_STEP,
            reason="advance_refund",
            amount=principal + fee,
            contract=advance.number,
            transfers=repaid,
            note=text[:240],
            tied=False,
            released_by=f"Ends when {advance.number} is repaid; you may pay it off at once.",
        )

    def refunded(self, order_number: str, seller_id: int, amount: Money, released: bool) -> None:
        """Told already by OrderClaims."""


@dataclass(frozen=True)
class ShareClaims:
    """S3: a share of net settled sales, until the contract is repaid."""

    def claim(self, release: Release, left: Money, ceiling: Money) -> list[Deduction]:
        exposure.lock(release.seller_id)
        advance = queries.running_share(release.seller_id)
        if advance is None:
            return []
        carried = advance.money(advance.carry)
        share, carried = share_rules.share_of(release.gross, carried, advance.share_ppm)
        offset, advance.carry = advance.carry - carried.minor, carried.minor
        rebate = life.rebate_on(advance, release.on, terms().sales_share)
        payoff = max(advance.owed - rebate, advance.money(0))
        amount = min(share, left, ceiling, payoff)
        if not amount:
            return []
        return [self._take(advance, amount, offset, release, ends=amount == payoff, rebate=rebate)]

    def _take(
        self,
        advance: Advance,
        amount: Money,
        offset: int,
        release: Release,
        *,
        ends: bool,
        rebate: Money,
    ) -> Deduction:
        given_back = life.give_back_fee(advance, rebate) if ends else ()
        principal, fee = life.pay_pro_rata(advance, amount)
        number = advance.number
        transfers = (
            *given_back,
            *bookkeeping.repaid(number, advance.seller_id, principal, fee, "share_repaid"),
            *bookkeeping.earned(number, fee),
        )
        text = f"{advance.share_ppm // 10_000} % of {release.gross.grouped()}"
        if offset:
            text += f" less {advance.money(offset).grouped()} given back"
        life.remember(
            advance,
            principal,
            fee,
            release.on,
            reason="share",
            order_number=release.order_number,
            text=text,
        )
        life.close_if_paid(advance, release.on)
        how = f"Ends when {number} is repaid: {advance.owed.grouped()} to go."
        return Deduction(
            SHARE_STEP, "sales_share", amount, number, transfers, text, released_by=how
        )

    def refunded(self, order_number: str, seller_id: int, amount: Money, released: bool) -> None:
        """Sales given back after their release come off the sales of the next ones."""
        exposure.lock(seller_id)
        advance = queries.running_share(seller_id) if released else None
        if advance is not None:
            advance.carry += amount.minor


def _told(advance: Advance, principal: Money, fee: Money) -> str:
    name = NAMES[advance.product]
    if advance.product == PAID_TODAY:
        kept = advance.money(advance.fee).grouped()
        return f"{name}: {principal.grouped()} was advanced, fee {kept}"
    return f"{name}: {principal.grouped()} and interest {fee.grouped()}"
