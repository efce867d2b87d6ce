"""What the balance cannot pay of a term loan: the owner's wallet, then a saved card, if linked."""

from datetime import date

from core import clock
from core.db import db
from core.errors import InvalidInput
from core.money import Money
from core.use_case import use_case
from finance.capital import bookkeeping, exposure, queries, recording, remitting
from finance.capital.fold.state import Event
from finance.capital.models import Advance
from finance.capital.term_loan.installments import due_of
from finance.capital.terms import TERM_LOAN
from ledger import book
from ledger.accounts import Account, account
from ledger.entries import Transfer
from mall import facts
from payments import cards, retries
from payments import services as payments
from payments.values import PaymentView

PREFIX, AUTO = "advance", "auto"


@use_case
def link(
    seller_id: int, number: str, owner_id: int, *, wallet: bool, card_id: int | None
) -> Advance:
    """The owner allows (or ends) taking what is short from wallet or card; raises InvalidInput."""
    exposure.lock(seller_id)
    advance = queries.advance_of(seller_id, number, lock=True)
    if card_id is not None and all(card.id != card_id for card in cards.of(owner_id)):
        raise InvalidInput("Choose one of your saved cards.")
    advance.from_wallet, advance.card_id = wallet, card_id
    ways = [way for so, way in ((wallet, "wallet"), (card_id, "card")) if so]
    text = f"Short parts may be taken from: {', '.join(ways) or 'the balance only'}."
    recording.remember(advance, Event("linked", clock.today()), text=text, acts=False)
    return advance


def from_wallet(advance: Advance, on: date) -> int:
    """Take what is still due from the owner's wallet, as far as it goes; minor units taken."""
    due = due_of(advance)
    if not advance.from_wallet or not due:
        return 0
    wallet = account("wallet", facts.seller(advance.seller_id).owner_id)
    amount = min(book.available(wallet, advance.currency), advance.money(due))
    if amount.minor <= 0:
        return 0
    entry = recording.next_entry(advance)
    lines = paid(advance, amount, wallet, on, "wallet", entry)
    remitting.post(bookkeeping.collected(advance.number, entry, lines, on))
    return amount.minor


def ask_card(advance: Advance, on: date, retry_days: int) -> int | None:
    """Write down a charge of what is due, on the days it is asked for; the op to drive, or None."""
    due = due_of(advance)
    if advance.card_id is None or not due or queries.days_late(advance, on) > retry_days:
        return None
    owner_id = facts.seller(advance.seller_id).owner_id
    card = next((c for c in cards.of(owner_id) if c.id == advance.card_id), None)
    if card is None:
        advance.card_id = None
        text = "The card was removed: nothing is asked of it any more."
        recording.remember(advance, Event("unlinked", on), text=text, acts=False)
        return None
    row = next(row for row in advance.rows if row.fell_due and row.owed)
    purpose = f"{PREFIX}:{advance.number}:{AUTO}:{row.number}"
    if payments.is_moving(owner_id, f"{PREFIX}:{advance.number}:"):
        return None
    if not retries.may_collect(purpose, card.token, on):
        return None
    return payments.intend_charge(
        purpose=purpose,
        payer_id=owner_id,
        amount=advance.money(due),
        source=card.token,
        description=f"Term loan {advance.number}, part {row.number}",
        off_session=True,
    ).op_id


def paid(
    advance: Advance,
    amount: Money,
    source: Account,
    on: date,
    name: str,
    entry: int | None = None,
    payment: int | None = None,
) -> tuple[Transfer, ...]:
    """Record a payment of at most what is due; transfers out of `source` for all of `amount`."""
    data: dict[str, object] = {"source": name} | ({"payment": payment} if payment else {})
    effect = recording.record(advance, Event("paid", on, amount.minor, data), text=f"From {name}")
    principal, fee = advance.money(effect.principal), advance.money(effect.fee)
    if effect.paid:
        text = f"Fell due, from your {name}"
        remitting.remember(
            advance, principal, fee, on, reason="due", text=text, source=name, entry=entry
        )
    db.session.flush()
    return bookkeeping.paid_from(advance.number, source, principal, fee)


class LoanCharges:
    """What the payments room tells about purposes `advance:NUMBER:auto:PART`."""

    def paid(self, payment: PaymentView, clearing: Account) -> tuple[Transfer, ...]:
        """To what is due; what is not owed any more by now goes to the owner's wallet."""
        advance = locked(payment.purpose)
        if not advance.is_running:
            return ()
        recording.bring_to(advance, clock.today())
        return paid(advance, payment.amount, clearing, clock.today(), "card", payment=payment.id)

    def still_wanted(self, payment: PaymentView) -> bool:
        """Whether as much is still due."""
        number = payment.purpose.split(":")[1]
        advance = queries.advance_numbered(number)
        return advance.is_running and due_of(advance) >= payment.amount.minor

    def refused(self, payment: PaymentView) -> None:
        advance = locked(payment.purpose)
        event = Event("card_refused", clock.today(), payment.amount.minor)
        text = payment.message or "The card was refused."
        recording.remember(advance, event, text=text, acts=False)


def locked(purpose: str) -> Advance:
    """The contract of `advance:NUMBER:…`, its seller's exposure locked first."""
    number = purpose.split(":")[1]
    seller_id = queries.advance_numbered(number).seller_id
    exposure.lock(seller_id)
    return queries.advance_of(seller_id, number, lock=True)


def is_linkable(advance: Advance) -> bool:
    return advance.product == TERM_LOAN and advance.is_running
