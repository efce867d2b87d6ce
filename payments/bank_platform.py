"""Our own balance at a gateway that arrives at our bank: the second leg of a platform payout."""

from sqlalchemy import exists, select

from core.db import db, get
from ledger.accounts import account
from payments.bank_models import BankLine
from payments.bank_placing import Claim, claims
from payments.models import GatewayOp

KIND = "platform_payout"


@claims
def arrived(line: BankLine) -> Claim | None:
    """The payout this line is: it names it, or its sender is the gateway and just one fits."""
    if line.amount <= 0 or line.comes_back:
        return None
    on_the_way = _on_the_way(line)
    told = " ".join((line.end_to_end_id, line.reference, line.text)).upper()
    named = [
        op for op in on_the_way if op.ref.upper() in told or (op.object_id or "?").upper() in told
    ]
    if not named:
        sender = f"{line.counterparty} {told}".upper()
        named = [op for op in on_the_way if op.gateway.upper() in sender]
    if len(named) != 1:
        return None
    op = get(GatewayOp, named[0].id, lock=True)  # of two lines placed at once, one is this payout
    if op.id not in {other.id for other in _on_the_way(line)}:
        return None
    return Claim(KIND, account("in_transit", op.gateway), op.ref, op.id)


def _on_the_way(line: BankLine) -> list[GatewayOp]:
    """Payouts of this amount that left a gateway and are on no statement yet."""
    seen = exists().where(BankLine.op_id == GatewayOp.id, BankLine.kind == KIND)
    query = select(GatewayOp).where(
        GatewayOp.kind == "platform",
        GatewayOp.state.in_(("processing", "succeeded")),
        GatewayOp.params["account"].astext == "",
        GatewayOp.amount == line.amount,
        GatewayOp.currency == line.currency,
        ~seen,
    )
    return list(db.session.scalars(query.order_by(GatewayOp.id)))
