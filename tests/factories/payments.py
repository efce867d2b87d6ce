"""A small room that takes payments, refunds and payouts, and the cards to pay it with."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from core import clock, ids
from core.errors import Conflict
from core.money import Money
from core.use_case import use_case
from ledger import book
from ledger.accounts import Account, account
from ledger.entries import Journal, Transfer
from payments import cards, purposes, services
from payments.values import PaymentView
from tests.factories.ledger import declare

declare("test.refund", "escrow > refund_payable")
declare("test.earned", "capital > seller_payable")

GOOD, DECLINED, ASKS = "4242424242424242", "4000000000000002", "4000002500003155"
LOST, KEPT_500, LATE = "4000000000001000", "4000000000001018", "4000000000001026"
DUPLICATE, DECLINED_LATE = "4000000000001034", "4000000000001042"
REFUND_FAILS, REFUND_WAITS = "4000000000005126", "4000000000007726"
REFUND_REFUSED = "4000000000001059"


def yuan(text: str) -> Money:
    return Money.parse(text, "CNY")


class Stall:
    """A room whose purposes are `stall:N`: money goes to `escrow:N` (or `into`); it remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.closed = False
        self.wants = False
        self.into = "escrow"
        self.before: Callable[[], None] = lambda: None

    def paid(self, payment: PaymentView, clearing: Account) -> tuple[Transfer, ...]:
        self.before()
        if self.closed:
            raise Conflict("The stall has closed.")
        self.heard.append("paid")
        order = payment.purpose.partition(":")[2]
        return (Transfer(clearing, account(self.into, order), payment.captured),)

    def still_wanted(self, payment: PaymentView) -> bool:
        return self.wants

    def refused(self, payment: PaymentView) -> None:
        self.heard.append(f"refused {payment.code}")


class Heard:
    """Hears of refunds (or payouts) and remembers."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def settled(self, number: str) -> None:
        self.said.append("settled")

    def sent(self, number: str) -> None:
        self.said.append("sent")

    def paid(self, number: str) -> None:
        self.said.append("paid")

    def failed(self, number: str, why: str) -> None:
        self.said.append(f"failed: {why}")


class Till:
    """Where money goes that comes back from sellers."""

    heard: Sequence[str] = ()

    def pulled_back(
        self, payout_number: str, ref: str, amount: Money, clearing: Account
    ) -> tuple[Transfer, ...]:
        return (Transfer(clearing, account("capital"), amount, ref),)

    def not_pulled_back(self, payout_number: str, ref: str, why: str) -> None:
        self.heard = [*self.heard, f"not pulled back: {why}"]


@contextmanager
def plugged() -> Iterator[tuple[Stall, Heard, Heard]]:
    """A stall, and listeners for refunds and payouts, in place of whoever was plugged in."""
    before = purposes.refund_handlers()[:]
    stall, refunds, payouts = Stall(), Heard(), Heard()
    purposes.register("stall", stall)
    purposes.on_refund(refunds)
    payout_before = purposes.instead({"": payouts})
    try:
        yield stall, refunds, payouts
    finally:
        purposes.refund_handlers()[:] = before
        purposes.instead(payout_before)


def make_card(person_id: int = 7, number: str = GOOD) -> str:
    """The token of a saved sandbox card."""
    year = clock.today().year + 3
    return cards.save(person_id, number, f"04/{year}", "123").token


def intend(
    order: str, amount: Money, number: str = GOOD, payer_id: int = 7, off_session: bool = False
) -> PaymentView:
    """Ask for a payment of `stall:{order}` without driving it."""
    payment = services.intend_charge(
        purpose=f"stall:{order}",
        payer_id=payer_id,
        amount=amount,
        source=make_card(payer_id, number),
        description="A kettle",
        off_session=off_session,
        return_path=f"/checkout/{order}",
    )
    return services.view(payment.id)


def pay(order: str, amount: Money, number: str = GOOD) -> PaymentView:
    """Ask for a payment, drive it, and look at it."""
    payment = intend(order, amount, number)
    services.drive(payment.op_id)
    return services.view(payment.id)


@use_case
def promise(order: str, refund: str, amount: Money, payment_id: int, part: int = 1) -> int:
    """Move the refund's money out of escrow and ask for it; gives the op's id."""
    move = Transfer(account("escrow", order), account("refund_payable", refund), amount)
    book.post(Journal(f"refund:{refund}:{part}", "test.refund", refund, clock.today(), (move,)))
    return services.intend_refund(payment_id=payment_id, refund_number=refund, amount=amount)


@use_case
def earn(seller_id: int, amount: Money) -> None:
    """Give a seller a balance."""
    move = Transfer(account("capital"), account("seller_payable", seller_id), amount)
    book.post(Journal(ids.code("earned"), "test.earned", str(seller_id), clock.today(), (move,)))


@use_case
def ask_payout(
    number: str, seller_id: int, amount: Money, destination: str, charge_id: str = ""
) -> int:
    """Hold the money in the book and ask for the payout; gives the op's id."""
    move = Transfer(
        account("seller_payable", seller_id), account("payout_in_flight", number), amount
    )
    book.hold(Journal(f"payout:{number}", "payout.asked", number, clock.today(), (move,)))
    return services.intend_payout(
        payout_number=number, destination=destination, amount=amount, charge_id=charge_id
    )


def balance(name: str, owner: str | int = "") -> str:
    """The balance of an account as text, e.g. `99.40`."""
    return book.balance(account(name, owner), "CNY").decimal_text()


def a_while_later(seconds: int = 61) -> "contextmanager[None]":
    """The clock a minute on."""
    return clock.travel(clock.now() + timedelta(seconds=seconds))  # type: ignore[return-value]
