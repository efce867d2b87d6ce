"""A line is paid: the least, the whole statement, any amount, or all; by card or from the wallet."""

from datetime import date

from sqlalchemy import select

from core import clock
from core.db import db
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from finance.credit_line import news, queries
from finance.credit_line.models import FULL, LEAST, CreditLine, LineEvent
from finance.credit_line.opening import remember
from finance.credit_line.owing import ALL, Owing, owing
from finance.loans import bookkeeping
from finance.loans import services as loans
from ledger import book
from ledger.accounts import Account, account
from ledger.entries import Transfer
from payments import services as payments
from payments.values import PaymentView

PREFIX, AUTO = "line", "auto"


class Changed(Conflict):
    message = "What is to pay has changed since you opened this page. Look at it again, then pay."


class PayingAlready(Conflict):
    message = "A payment of this line is under way. Wait for the bank's answer, then look again."


class NothingOwed(Conflict):
    message = "Nothing is left to pay on this line."


def mark_of(owing: Owing) -> str:
    """What a page shows of a line before it is paid."""
    return "/".join(str(owing.amount(kind).minor) for kind in (LEAST, FULL, ALL))


@use_case
def pay_by_card(
    number: str,
    person_id: int,
    kind: str,
    *,
    source: str,
    key: str,
    typed: Money | None = None,
    seen: str = "",
) -> PaymentView:
    """Ask the card for `kind` (least, full, all, amount); then `payments.refresh` asks the gateway.

    typed   of `amount`; seen: what the page showed (`mark_of`), so that a second tab pays nothing twice

    Raises NothingOwed, PayingAlready, Changed, InvalidInput.
    """
    queries.line_of(person_id, number)
    line = queries.locked(number)
    purpose = f"{PREFIX}:{number}:{kind}:{key}"
    before = payments.payment_for(purpose)
    if before is not None and before.state != "refused":
        return before
    check_nothing_moves(line, but=purpose)
    amount = _amount(line, kind, typed, seen)
    payment = payments.intend_charge(
        purpose=purpose,
        payer_id=person_id,
        amount=amount,
        source=source,
        description=f"Line {number}",
        return_path=f"/account/line/{number}",
    )
    return payments.view(payment.id)


@use_case
def pay_from_wallet(
    number: str, person_id: int, kind: str, *, key: str, typed: Money | None = None, seen: str = ""
) -> Money:
    """The same from the person's balance with us; raises InvalidInput when it is too small."""
    queries.line_of(person_id, number)
    line = queries.locked(number)
    if (before := _paid_before(line, f"{kind}:{key}")) is not None:
        return before
    check_nothing_moves(line)
    amount = _amount(line, kind, typed, seen)
    if book.available(account("wallet", person_id), line.currency) < amount:
        raise InvalidInput("Your balance is smaller than this payment. Choose a card.")
    take_from_wallet(line, amount, f"{kind}:{key}", clock.today())
    return amount


def take_from_wallet(line: CreditLine, amount: Money, key: str, on: date) -> None:
    """Pay the (locked) line with so much of its owner's balance, which is enough."""
    wallet = account("wallet", line.person_id)
    for number, transfers in _take(line, amount, wallet, on, ref=f"line:{key}"):
        book.post(bookkeeping.paid_from_wallet(number, f"line:{key}", transfers, on))
    remember(line, f"paid:{key}", "paid", on, amount=amount.minor, note="From your balance.")


def _amount(line: CreditLine, kind: str, typed: Money | None, seen: str) -> Money:
    standing = owing(line, clock.today(), lock=True)
    if seen and seen != mark_of(standing):
        raise Changed()
    amount = standing.amount(kind, typed)
    if not amount:
        raise NothingOwed()
    return amount


def check_nothing_moves(line: CreditLine, *, but: str = "") -> None:
    """Raise PayingAlready while a card may be paying this (locked) line."""
    if payments.is_moving(line.person_id, f"{PREFIX}:{line.number}:", but=but):
        raise PayingAlready()


def _paid_before(line: CreditLine, key: str) -> Money | None:
    known = select(LineEvent.amount).where(
        LineEvent.line_id == line.id, LineEvent.key == f"paid:{key}"
    )
    amount = db.session.scalar(known)
    return None if amount is None else line.money(amount)


def _take(
    line: CreditLine,
    amount: Money,
    source: Account,
    on: date,
    *,
    ref: str,
    payment_id: int | None = None,
) -> list[tuple[str, tuple[Transfer, ...]]]:
    """Count a payment on the purchases it goes to; gives each one's transfers."""
    parts = owing(line, on, lock=True).split(amount)
    return [
        (
            bought.loan.number,
            loans.take(
                bought.loan.number,
                part,
                source,
                on,
                settle=bought.converted and part.minor >= bought.settles,
                ref=ref,
                payment_id=payment_id,
            ),
        )
        for bought, part in parts
        if part
    ]


class LinePayments:
    """What the payments room tells about purposes `line:NUMBER:KIND:KEY`."""

    def paid(self, payment: PaymentView, clearing: Account) -> tuple[Transfer, ...]:
        """The money goes to what is owed; anything over it to the payer's wallet."""
        line, on = queries.locked(payment.purpose.split(":")[1]), clock.today()
        ref = f"payment:{payment.id}"
        remember(line, f"paid:{ref}", "paid", on, amount=payment.amount.minor, note="By card.")
        taken = _take(line, payment.amount, clearing, on, ref=ref, payment_id=payment.id)
        return tuple(transfer for _, transfers in taken for transfer in transfers)

    def still_wanted(self, payment: PaymentView) -> bool:
        """Whether what a card was asked for by itself is still owed."""
        _, number, kind, _ = payment.purpose.split(":", 3)
        line = queries.locked(number)
        wanted = owing(line, clock.today()).amount(line.autopay or LEAST)
        return kind == AUTO and wanted >= payment.amount

    def refused(self, payment: PaymentView) -> None:
        _, number, kind, _ = payment.purpose.split(":", 3)
        line, note = queries.locked(number), payment.message or "The card was refused."
        key, amount = f"refused:{payment.op_id}", payment.amount.minor
        remember(line, key, "refused", clock.today(), amount=amount, note=note)
        if kind == AUTO:
            news.refused(line, payment)
