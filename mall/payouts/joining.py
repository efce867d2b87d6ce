"""What payouts plug into the other rooms: called once, when the rooms are joined."""

from ledger import audit
from mall.payouts import audit as invariants
from mall.payouts import debts, jobs, reserve_uses  # noqa: F401 - registers the nights' jobs
from mall.payouts.reserves import ReserveClaims
from mall.payouts.services import PayoutNews
from mall.ports import deductions, reserves
from payments import purposes


def join() -> None:
    """Hear of payouts, reversals and sellers' card payments; keep the reserve; be audited."""
    purposes.on_payout(PayoutNews(), "P")
    purposes.on_reversal(PayoutNews())
    purposes.register(debts.PREFIX, debts.DebtPayments())
    deductions.plug(ReserveClaims(), deductions.RESERVE)
    reserves.plug(reserve_uses.available, reserve_uses.use)
    for name, query in invariants.INVARIANTS.items():
        audit.add(name, query)
