"""Every journal a card payment, a refund or a payout can cause; pure."""

from datetime import date

from core.money import Money
from ledger.accounts import Account, account
from ledger.entries import Journal, Transfer, moves
from ledger.postings import piece, posting, settlement

SENT = settlement(
    "payout.sent",
    settles="payout.asked",
    key="payout:{number}:{op}:sent",
    says="The gateway took the order: the money has left the seller's balance for good.",
)


def clearing(gateway: str) -> Account:
    """Money at the card processor."""
    return account("clearing", gateway)


@posting("payment.paid", key="payment:{id}:paid")
def paid(payment_id: int, purpose: str, transfers: tuple[Transfer, ...], on: date) -> Journal:
    """Card money arrived and goes where its room says."""
    return Journal(f"payment:{payment_id}:paid", "payment.paid", purpose, on, transfers)


@piece("clearing > wallet", into="payment.paid")
def not_wanted(gateway: str, payer_id: int, amount: Money) -> tuple[Transfer, ...]:
    """What the room leaves of a payment is the payer's."""
    return moves((clearing(gateway), account("wallet", payer_id), amount, "not_wanted"))


@posting("payment.extra", "clearing > wallet", key="payment:{id}:extra:{op}")
def paid_twice(
    payment_id: int, op_id: int, purpose: str, gateway: str, payer_id: int, amount: Money, on: date
) -> Journal:
    """A try we thought refused took money after all: it is the payer's."""
    move = Transfer(clearing(gateway), account("wallet", payer_id), amount, "paid_twice")
    return Journal(f"payment:{payment_id}:extra:{op_id}", "payment.extra", purpose, on, (move,))


@posting("payment.fee", "gateway_fee > clearing", key="payment:{id}:fee")
def fee(payment_id: int, purpose: str, gateway: str, amount: Money, on: date) -> Journal:
    """What the gateway keeps of a charge."""
    move = Transfer(account("gateway_fee"), clearing(gateway), amount, "gateway_fee")
    return Journal(f"payment:{payment_id}:fee", "payment.fee", purpose, on, (move,))


@posting("refund.settled", "refund_payable > clearing", key="refund:{number}:{op}:settled")
def refund_settled(number: str, op_id: int, gateway: str, amount: Money, on: date) -> Journal:
    """A promised refund left for the card."""
    move = Transfer(account("refund_payable", number), clearing(gateway), amount, "refund")
    return Journal(f"refund:{number}:{op_id}:settled", "refund.settled", number, on, (move,))


@posting("payout.pulled_back", key="payout:{number}:{op}:pulled_back")
def pulled_back(number: str, op_id: int, transfers: tuple[Transfer, ...], on: date) -> Journal:
    """Money of a payout came back from the seller and goes where its room says."""
    key = f"payout:{number}:{op_id}:pulled_back"
    return Journal(key, "payout.pulled_back", number, on, transfers)


@posting("platform.sent", "in_transit > clearing", key="platform:{number}:{op}:sent")
def platform_sent(number: str, op_id: int, gateway: str, amount: Money, on: date) -> Journal:
    """Our balance at the gateway is on its way to our bank; the statement says when it is there."""
    move = Transfer(account("in_transit", gateway), clearing(gateway), amount, "platform_payout")
    return Journal(f"platform:{number}:{op_id}:sent", "platform.sent", number, on, (move,))


@posting("payout.paid", "payout_in_flight > clearing", key="payout:{number}:{op}:paid")
def payout_paid(number: str, op_id: int, gateway: str, amount: Money, on: date) -> Journal:
    """A payout arrived at the seller's bank."""
    move = Transfer(account("payout_in_flight", number), clearing(gateway), amount, "payout")
    return Journal(f"payout:{number}:{op_id}:paid", "payout.paid", number, on, (move,))
