"""Every journal a card payment, a refund or a payout can cause; pure."""

from datetime import date

from core.money import Money
from ledger.accounts import Account, account
from ledger.causes import cause
from ledger.entries import Journal, Transfer, moves
from ledger.postings import piece, posting, settlement
from payments import causes

SENT = settlement(
    "payout.sent",
    settles="payout.asked",
    key="payout:{number}:{op}:sent",
    says="The gateway took the order: the money has left the seller's balance for good.",
    cause=(
        causes.op("payout", *causes.AWAY, payout_in_flight=("o.ref", "o.amount")),
        causes.op(
            "payout", *causes.AWAY, also=causes.SENT_BACK, refund_payable=("o.ref", "-o.amount")
        ),
    ),
    undone=causes.op("payout", *causes.BACK),
)


def clearing(gateway: str) -> Account:
    """Money at the card processor."""
    return account("clearing", gateway)


@posting(
    "payment.paid",
    key="payment:{id}:paid",
    cause=cause(
        *causes.PAYMENT, clearing=("p.gateway", "-p.captured_minor"), wallet=("p.payer_id", None)
    ),
)
def paid(payment_id: int, purpose: str, transfers: tuple[Transfer, ...], on: date) -> Journal:
    """Card money arrived and goes where its room says."""
    return Journal(f"payment:{payment_id}:paid", "payment.paid", purpose, on, transfers)


@piece("clearing > wallet", into="payment.paid")
def not_wanted(gateway: str, payer_id: int, amount: Money) -> tuple[Transfer, ...]:
    """What the room leaves of a payment is the payer's."""
    return moves((clearing(gateway), account("wallet", payer_id), amount, "not_wanted"))


@posting(
    "payment.extra",
    "clearing > wallet",
    key="payment:{id}:extra:{op}",
    cause=cause(*causes.EXTRA, currency="o.currency", wallet=("p.payer_id", "o.amount")),
)
def paid_twice(
    payment_id: int, op_id: int, purpose: str, gateway: str, payer_id: int, amount: Money, on: date
) -> Journal:
    """A try we thought refused took money after all: it is the payer's."""
    move = Transfer(clearing(gateway), account("wallet", payer_id), amount, "paid_twice")
    return Journal(f"payment:{payment_id}:extra:{op_id}", "payment.extra", purpose, on, (move,))


@posting(
    "payment.fee",
    "gateway_fee > clearing",
    key="payment:{id}:fee",
    cause=cause(*causes.PAYMENT, gateway_fee=("", "-p.fee_minor")),
)
def fee(payment_id: int, purpose: str, gateway: str, amount: Money, on: date) -> Journal:
    """What the gateway keeps of a charge."""
    move = Transfer(account("gateway_fee"), clearing(gateway), amount, "gateway_fee")
    return Journal(f"payment:{payment_id}:fee", "payment.fee", purpose, on, (move,))


@posting(
    "payment.extra_fee",
    "gateway_fee > clearing",
    key="payment:{id}:extra:{op}:fee",
    cause=cause(*causes.EXTRA, currency="o.currency"),
)
def extra_fee(
    payment_id: int, op_id: int, purpose: str, gateway: str, amount: Money, on: date
) -> Journal:
    """What the gateway keeps of a charge that paid a second time: the mall bears it."""
    move = Transfer(account("gateway_fee"), clearing(gateway), amount, "gateway_fee")
    key = f"payment:{payment_id}:extra:{op_id}:fee"
    return Journal(key, "payment.extra_fee", purpose, on, (move,))


@posting(
    "refund.settled",
    "refund_payable > clearing",
    key="refund:{number}:{op}:settled",
    cause=causes.op("refund", "succeeded", *causes.BACK, refund_payable=("o.ref", "-o.amount")),
    undone=causes.op("refund", *causes.BACK),
)
def refund_settled(number: str, op_id: int, gateway: str, amount: Money, on: date) -> Journal:
    """A promised refund left for the card."""
    move = Transfer(account("refund_payable", number), clearing(gateway), amount, "refund")
    return Journal(f"refund:{number}:{op_id}:settled", "refund.settled", number, on, (move,))


@posting(
    "payout.pulled_back",
    key="payout:{number}:{op}:pulled_back",
    cause=causes.op("reversal", "succeeded", clearing=("o.gateway", "-o.amount")),
)
def pulled_back(number: str, op_id: int, transfers: tuple[Transfer, ...], on: date) -> Journal:
    """Money of a payout came back from the seller and goes where its room says."""
    key = f"payout:{number}:{op_id}:pulled_back"
    return Journal(key, "payout.pulled_back", number, on, transfers)


@posting(
    "platform.sent",
    "in_transit > clearing",
    key="platform:{number}:{op}:sent",
    cause=causes.op("platform", *causes.AWAY, in_transit=("o.gateway", "-o.amount")),
    undone=causes.op("platform", *causes.BACK),
)
def platform_sent(number: str, op_id: int, gateway: str, amount: Money, on: date) -> Journal:
    """Our balance at the gateway is on its way to our bank; the statement says when it is there."""
    move = Transfer(account("in_transit", gateway), clearing(gateway), amount, "platform_payout")
    return Journal(f"platform:{number}:{op_id}:sent", "platform.sent", number, on, (move,))


@posting(
    "payout.paid",
    "payout_in_flight > clearing",
    key="payout:{number}:{op}:paid",
    cause=causes.op("payout", "succeeded", *causes.BACK, payout_in_flight=("o.ref", "-o.amount")),
    undone=causes.op("payout", *causes.BACK),
)
def payout_paid(number: str, op_id: int, gateway: str, amount: Money, on: date) -> Journal:
    """A payout arrived at the seller's bank."""
    move = Transfer(account("payout_in_flight", number), clearing(gateway), amount, "payout")
    return Journal(f"payout:{number}:{op_id}:paid", "payout.paid", number, on, (move,))


@posting(
    "bank.line",
    "bank > clearing, in_transit, suspense",
    "clearing, suspense > bank",
    key="bank:{line}",
    cause=(
        cause(
            *causes.LINE,
            bank=("", "-l.amount"),
            suspense=("", "case when {ref} = 'bank:' || l.id then l.amount else 0 end"),
        ),
        cause(
            "bank_line l join gateway_op o on o.id = l.op_id and o.kind = 'platform'",
            causes.LINE[1],
            currency="o.currency",
            in_transit=("o.gateway", "l.amount"),
        ),
    ),
)
def bank_line(
    line_id: int, kind: str, ref: str, other: Account, amount: Money, on: date
) -> Journal:
    """A line of our bank's statement: what came in or (below zero) went out."""
    moved = _signed(account("bank"), other, amount, kind)
    return Journal(bank_line_key(line_id), "bank.line", ref, on, moved)


def bank_line_key(line_id: int) -> str:
    """The one journal of a bank line."""
    return f"bank:{line_id}"


@posting(
    "bank.rest",
    "clearing > wallet",
    key="bank:{line}:rest",
    cause=cause(
        "bank_line l cross join payment p",
        f"{causes.LINE[1]} and p.purpose = {{ref}}",
        currency="l.currency",
        wallet=("p.payer_id", "l.rest"),
    ),
)
def bank_rest(line_id: int, purpose: str, payer_id: int, amount: Money, on: date) -> Journal:
    """What was transferred beyond what was asked is the payer's."""
    move = Transfer(clearing("bank"), account("wallet", payer_id), amount, "paid_too_much")
    return Journal(f"bank:{line_id}:rest", "bank.rest", purpose, on, (move,))


@posting(
    "suspense.cleared",
    "suspense > clearing, wallet, refund_payable, capital",
    "gateway_fee, capital > suspense",
    key="bank:{line}:{why}",
    cause=cause(
        causes.LINE[0],
        f"{causes.LINE[1]} and l.cleared = {{why}}",
        suspense=("", "-l.amount"),
        wallet=("'*'", None),  # whose it is, a person decides
        refund_payable=("'*'", None),
    ),
)
def out_of_suspense(
    line_id: int, why: str, ref: str, other: Account, amount: Money, on: date
) -> Journal:
    """A suspended line found its place: what came in goes there, what went out is taken from it."""
    moved = _signed(account("suspense"), other, amount, why)
    return Journal(f"bank:{line_id}:{why}", "suspense.cleared", ref, on, moved)


@posting(
    "payout.asked",
    "refund_payable > payout_in_flight",
    key="payout:{number}",
    cause=cause(
        "gateway_op o",
        f"o.ref = {{number}} and o.kind = 'payout'{causes.SENT_BACK}",
        refund_payable=("o.ref", "-o.amount"),
        payout_in_flight=("o.ref", "o.amount"),
    ),
    undone=cause(
        "gateway_op o",
        "o.ref = {number} and o.kind = 'payout' and o.state in ('refused', 'failed')",
    ),
)
def sending_back(number: str, amount: Money, on: date) -> Journal:
    """A hold: money of nobody we know is to go back where it came from."""
    move = Transfer(
        account("refund_payable", number), account("payout_in_flight", number), amount, "send_back"
    )
    return Journal(f"payout:{number}", "payout.asked", number, on, (move,))


def _signed(ours: Account, other: Account, amount: Money, why: str) -> tuple[Transfer, ...]:
    """From `other` to `ours`, or for an amount below zero the other way."""
    if amount.minor > 0:
        return moves((ours, other, amount, why))
    return moves((other, ours, -amount, why))


def disputed_funds(number: str) -> Account:
    """What the processor took for a dispute whose outcome is open."""
    return account("disputed_funds", number)


@posting("dispute.opened", "disputed_funds > clearing", key="dispute:{number}:opened")
def dispute_opened(number: str, gateway: str, amount: Money, on: date) -> Journal:
    """The processor takes a disputed payment out of our balance."""
    move = Transfer(disputed_funds(number), clearing(gateway), amount, "disputed")
    return Journal(f"dispute:{number}:opened", "dispute.opened", number, on, (move,))


@posting(
    "dispute.fee",
    "dispute_fee > clearing",
    key="dispute:{number}:fee:{so_far}",
    cause=cause(
        causes.DISPUTE[0],
        f"{causes.DISPUTE[1]} and d.fee = (select sum(f.amount) from ledger_journal w join"
        " ledger_transfer f on f.journal_id = w.id where w.ref = d.number"
        " and w.kind = 'dispute.fee' and f.state = 'posted')",
    ),
)
def dispute_fee(number: str, gateway: str, amount: Money, so_far: Money, on: date) -> Journal:
    """What the processor charges for a dispute; `so_far` with this amount."""
    move = Transfer(account("dispute_fee"), clearing(gateway), amount, "dispute_fee")
    return Journal(f"dispute:{number}:fee:{so_far.minor}", "dispute.fee", number, on, (move,))


@posting("dispute.won", "clearing > disputed_funds", key="dispute:{number}:won")
def dispute_won(number: str, gateway: str, amount: Money, on: date) -> Journal:
    """The processor gives back what it had taken for a dispute."""
    move = Transfer(clearing(gateway), disputed_funds(number), amount, "reinstated")
    return Journal(f"dispute:{number}:won", "dispute.won", number, on, (move,))


@posting("dispute.lost", "dispute_loss > disputed_funds", key="dispute:{number}:lost")
def dispute_lost(number: str, amount: Money, on: date) -> Journal:
    """What nobody else bears of a lost dispute is the mall's loss."""
    move = Transfer(account("dispute_loss"), disputed_funds(number), amount, "dispute_lost")
    return Journal(f"dispute:{number}:lost", "dispute.lost", number, on, (move,))


@posting(
    "dispute.recovered",
    "clearing > recovery",
    key="dispute:{number}:recovered",
    cause=cause(
        *causes.DISPUTE,
        currency="d.currency",
        clearing=("d.gateway", "-d.recovered"),
        wallet=("p.payer_id", None),
    ),
)
def dispute_recovered(
    number: str, gateway: str, wanted: tuple[Transfer, ...], rest: Money, on: date
) -> Journal:
    """A lost dispute is won after all: the money goes to who had borne it, the rest was our loss."""
    ours = moves((clearing(gateway), account("recovery"), rest, "recovered"))
    return Journal(f"dispute:{number}:recovered", "dispute.recovered", number, on, (*wanted, *ours))
