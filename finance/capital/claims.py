"""Taking back out of settlements: what lenders of orders and of sales claim when one is released.

Plugged into `mall.ports.deductions` in the settlement order: orders first (step 4), what refunds
made due (step 4, not tied), then the sales share (step 5), then what has fallen due of a term
loan (step 6). Called inside the release.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from core import clock
from core.db import db
from core.money import Money
from finance.capital import bookkeeping, exposure, giving_up, queries, recording, remitting
from finance.capital.fold.state import Effect, Event
from finance.capital.models import Advance, Pledge
from finance.capital.terms import NAMES, PAID_TODAY, TERM_LOAN
from mall import facts
from mall.ports.deductions import INSTALLMENT, ORDER, SHARE, Deduction, Release


def advances_behind(pledges: Sequence[Pledge]) -> list[Advance]:
    """The advances these lines back, the oldest first."""
    return [db.session.get_one(Advance, id) for id in sorted({p.advance_id for p in pledges})]


@dataclass(frozen=True)
class OrderClaims:
    """S2 and S4: the advance on this very order comes back first, outside the ceiling."""

    def claim(self, release: Release, left: Money, ceiling: Money) -> list[Deduction]:
        exposure.lock(release.seller_id)
        taken = []
        pledges = queries.open_pledges(release.seller_id, release.order_number)
        for advance in advances_behind(pledges):
            deduction = self._take(advance, release, left)
            left = left - deduction.amount if deduction else left
            taken += [deduction] if deduction else []
        return taken

    def _take(self, advance: Advance, release: Release, left: Money) -> Deduction | None:
        event = Event("released", release.on, left.minor, {"order": release.order_number})
        effect = recording.record(advance, event)
        if not effect.paid:
            return None
        text = _told(advance, effect)
        lines = remitting.paid_in(
            advance,
            effect,
            release.on,
            reason="order",
            order=release.order_number,
            tied=True,
            text=text,
        )
        return Deduction(
            step=ORDER,
            reason=advance.product,
            amount=advance.money(effect.paid),
            contract=advance.number,
            transfers=lines,
            note=text,
            released_by="Nothing is held: it repaid what this order was advanced.",
        )

    def refunded(self, order_number: str, seller_id: int, amount: Money, released: bool) -> None:
        """An order that is given back before its release no longer backs its advance."""
        exposure.lock(seller_id)
        if released or not (pledges := queries.open_pledges(seller_id, order_number)):
            return
        order = facts.order_facts(order_number)
        before = order.total - order.refunded + amount
        data = {"order": order_number, "before": before.minor}
        for advance in advances_behind(pledges):
            text = f"{amount.grouped()} of order {order_number} was given back."
            event = Event("refund_due", clock.today(), amount.minor, data)
            recording.record(advance, event, text=text)


@dataclass(frozen=True)
class RecourseClaims:
    """What a refund made due is taken from the next settlements, within the ceiling."""

    def claim(self, release: Release, left: Money, ceiling: Money) -> list[Deduction]:
        exposure.lock(release.seller_id)
        due = [p for p in queries.open_pledges(release.seller_id) if p.recourse]
        taken, most = [], min(left, ceiling)
        for advance in advances_behind(due):
            if not most:
                break
            deduction = self._take(advance, release, most)
            most = most - deduction.amount
            taken.append(deduction)
        return taken

    def _take(self, advance: Advance, release: Release, most: Money) -> Deduction:
        text = " ".join(dict.fromkeys(p.why for p in advance.pledges if p.recourse))
        effect = recording.record(advance, Event("recourse", release.on, most.minor))
        lines = remitting.paid_in(
            advance,
            effect,
            release.on,
            reason="refund",
            order=release.order_number,
            text=text,
        )
        return Deduction(
            step=ORDER,
            reason="advance_refund",
            amount=advance.money(effect.paid),
            contract=advance.number,
            transfers=lines,
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
        data = {"order": release.order_number, "gross": release.gross.minor}
        event = Event("sale", release.on, min(left, ceiling).minor, data)
        effect = recording.record(advance, event)
        return [self._taken(advance, effect, release)] if effect.paid else []

    def _taken(self, advance: Advance, effect: Effect, release: Release) -> Deduction:
        text = f"{advance.share_ppm // 10_000} % of {release.gross.grouped()}"
        if effect.offset:
            text += f" less {advance.money(effect.offset).grouped()} given back"
        number = advance.number
        lines = remitting.paid_in(
            advance, effect, release.on, reason="share", order=release.order_number, text=text
        )
        how = f"Ends when {number} is repaid: {advance.owed.grouped()} to go."
        amount = advance.money(effect.paid)
        return Deduction(SHARE, "sales_share", amount, number, lines, text, released_by=how)

    def refunded(self, order_number: str, seller_id: int, amount: Money, released: bool) -> None:
        """Sales given back after their release come off the sales of the next ones."""
        exposure.lock(seller_id)
        advance = queries.running_share(seller_id) if released else None
        if advance is not None:
            data = {"order": order_number}
            recording.record(advance, Event("sales_back", clock.today(), amount.minor, data))


@dataclass(frozen=True)
class InstallmentClaims:
    """S1: parts that have fallen due; then what was charged off of any; within the ceiling."""

    def claim(self, release: Release, left: Money, ceiling: Money) -> list[Deduction]:
        exposure.lock(release.seller_id)
        taken = self._installments(release, left, ceiling)
        for deduction in taken:
            left, ceiling = left - deduction.amount, ceiling - deduction.amount
        return [*taken, *self._recover(release, min(left, ceiling))]

    def _recover(self, release: Release, most: Money) -> list[Deduction]:
        """What was charged off comes back from this seller's own settlements only."""
        taken = []
        for advance in giving_up.lost_of(release.seller_id):
            if amount := min(most, giving_up.recoverable(advance)):
                most = most - amount
                taken.append(self._recovered(advance, amount, release))
        return taken

    def _recovered(self, advance: Advance, amount: Money, release: Release) -> Deduction:
        data = {"order": release.order_number}
        recording.record(advance, Event("recovered", release.on, amount.minor, data))
        lines = bookkeeping.recovered(release.seller_id, amount)
        text = f"Of {advance.money(advance.lost).grouped()} that was written off"
        how = f"Ends when what was written off of {advance.number} is paid."
        return Deduction(
            INSTALLMENT, "lost_repaid", amount, advance.number, lines, text, released_by=how
        )

    def _installments(self, release: Release, left: Money, ceiling: Money) -> list[Deduction]:
        advance = queries.running(release.seller_id, TERM_LOAN)
        if advance is None:
            return []
        recording.bring_to(advance, release.on)
        due = advance.money(sum(row.owed for row in advance.rows if row.fell_due))
        amount = min(due, left, ceiling)
        return [self._take(advance, amount, release)] if amount else []

    def _take(self, advance: Advance, amount: Money, release: Release) -> Deduction:
        data = {"order": release.order_number}
        effect = recording.record(advance, Event("paid", release.on, amount.minor, data))
        number, order = advance.number, release.order_number
        text = f"Of what fell due, {amount.grouped()}"
        lines = remitting.paid_in(advance, effect, release.on, reason="due", order=order, text=text)
        how = f"Ends when what is due of {number} is paid; you may pay it at once."
        return Deduction(INSTALLMENT, "term_loan", amount, number, lines, text, released_by=how)

    def refunded(self, order_number: str, seller_id: int, amount: Money, released: bool) -> None:
        """A term loan is not tied to orders."""


def _told(advance: Advance, effect: Effect) -> str:
    name, principal = NAMES[advance.product], advance.money(effect.principal).grouped()
    if advance.product == PAID_TODAY:
        kept = advance.money(advance.fee).grouped()
        return f"{name}: {principal} was advanced, fee {kept}"
    return f"{name}: {principal} and interest {advance.money(effect.fee).grouped()}"
