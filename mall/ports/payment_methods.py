"""How a checkout, or a part of it, can be paid: the port that ways to pay plug into.

A method is asked what it offers, told to pay (inside the checkout's transaction, so it never
waits for a network), and told to give back. The mall knows no method by name.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol, cast

from core.errors import Conflict, NotFound
from core.money import Money
from ledger.entries import Transfer
from mall.ports.splits import Split


class TermsChanged(Conflict):
    message = (
        "The contract has changed since you read it: its new terms are on this page. "
        "Read them, then agree again."
    )


@dataclass(frozen=True, slots=True)
class OrderToPay:
    """One seller's share of a checkout."""

    number: str
    seller_id: int
    total: Money
    product_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckoutToPay:
    """What a method is to pay: `total` is the sum of the orders' totals.

    Of a checkout paid in several ways each sees its own share. `waits`: another part is paid later.
    """

    number: str
    buyer_id: int
    total: Money
    on: date
    orders: tuple[OrderToPay, ...] = ()
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One payment of a plan."""

    number: int
    due_on: date
    principal: Money
    fee: Money

    @property
    def payment(self) -> Money:
        return self.principal + self.fee


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to pay as the shopper sees it before the click.

    key         what the form sends back, `card` or `pay_later:12`
    apr_ppm     yearly cost in millionths, None when nothing is lent
    rows        the schedule, empty when paid at once
    fields      names of the extra form fields the method needs ("card")
    early       the total when all is paid with the first payment; None when nothing is saved
    reasons     why it cannot be chosen now; a way to pay with reasons is shown, not offered
    terms_hash  stands for the contract that is agreed to by choosing it; "" where there is none.
                The form brings it back, and `pay` finds it in its details
    facts       (label, value) of that contract's key facts, in place of the mall's own
    caution     the sentence of warning under them
    split       where it cannot be chosen for all of it: for how much it could
    """

    key: str
    label: str
    summary: str
    total: Money
    method: str = ""
    apr_ppm: int | None = None
    fee: Money | None = None
    rows: tuple[Row, ...] = ()
    fields: tuple[str, ...] = ()
    early: Money | None = None
    reasons: tuple["Reason", ...] = ()
    terms_hash: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    caution: str = ""
    split: Split | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in the person's words: what is so, what would change it, and our page for that."""

    code: str
    text: str
    change: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Paid:
    """Paid in this transaction; `transfers` have already been posted by the method."""

    reference: str


@dataclass(frozen=True, slots=True)
class Declined:
    """Not paid, for these reasons; `counter` is an offer key that would do, if there is one."""

    reasons: tuple[Reason, ...]
    counter: str = ""


@dataclass(frozen=True, slots=True)
class Awaiting:
    """The answer comes later, told through `payments`; the reference is `payment:ID`."""

    reference: str


@dataclass(frozen=True, slots=True)
class Held:
    """Set aside, and moved when the other parts are paid: see `HoldingMethod`."""

    reference: str


Outcome = Paid | Declined | Awaiting | Held


@dataclass(frozen=True, slots=True)
class GiveBack:
    """An accepted refund of part of an order that this method paid.

    amount     at the price of the goods (and shipping) given back
    fault      who bears what the financing had already earned: seller, buyer, mall
    """

    checkout_number: str
    payment_ref: str
    order_number: str
    refund_number: str
    amount: Money
    fault: str
    on: date


@dataclass(frozen=True, slots=True)
class ToCard:
    """Part of a refund that goes back to one card payment."""

    payment_id: int
    amount: Money


@dataclass(frozen=True, slots=True)
class GivenBack:
    """Where the refund's money goes, posted by the orders room in its one journal.

    The mall moves `amount + seller_pays + mall_pays` into `refund_payable:NUMBER`; `transfers`
    take the financed part out of it; `to_cards` and `to_wallet` are what the shopper gets back.
    amount + seller_pays + mall_pays = Σ transfers that debit it + Σ to_cards + to_wallet.
    """

    transfers: tuple[Transfer, ...] = ()
    to_cards: tuple[ToCard, ...] = ()
    to_wallet: Money | None = None
    seller_pays: Money | None = None
    mall_pays: Money | None = None
    note: str = ""


class PaymentMethod(Protocol):
    """A way to pay; `key` is the part of an offer key before the colon."""

    key: str

    def offers(self, checkout: CheckoutToPay) -> list[Offer]: ...

    def hint(self, buyer_id: int | None, price: Money) -> str:
        """One line for a product page ("from 318.00 a month × 12 · APR 10.90 %"), or ""."""
        ...

    def pay(self, checkout: CheckoutToPay, offer_key: str, details: dict[str, Any]) -> Outcome: ...

    def give_back(self, wanted: GiveBack) -> GivenBack: ...

    def fee_earned(self, payment_ref: str, amount: Money) -> Money:
        """What the financing has already earned on `amount`: borne by whoever is at fault."""
        ...

    def paused(self, payment_ref: str, order_number: str, amount: Money, pause: bool) -> None:
        """A return or dispute over `amount` was opened (or closed): that part is not due."""
        ...

    def received(self, payment_ref: str, order_number: str, on: date) -> None:
        """The shopper has the goods: clocks that start at receipt start."""
        ...


class HoldingMethod(PaymentMethod, Protocol):
    """A way to pay that answers `Held`; `can_wait` where a card may pay beside it."""

    def collect(self, payment_ref: str, checkout: CheckoutToPay) -> None:
        """Everything else is paid: move the money; anew where it had been released.

        Raises Conflict when it is no longer there (`gone.HoldGone` where there is more to say).
        """
        ...

    def release(self, payment_ref: str) -> None:
        """The checkout is not paid: free what was set aside."""
        ...


class PatientMethod(PaymentMethod, Protocol):
    """A way to pay whose answer takes days: the goods are held, and leave the cart, meanwhile."""

    def patience(self) -> timedelta:
        """How long the goods are held."""
        ...


class ShippingMethod(PaymentMethod, Protocol):
    """A way to pay that wants to know when an order is on its way."""

    def shipped(self, payment_ref: str, order_number: str, on: date) -> None:
        """The seller has handed the parcel over."""
        ...


class PaperMethod(PaymentMethod, Protocol):
    """A way to pay with a contract that can be read whole before it is agreed to."""

    def papers(self, checkout: CheckoutToPay, offer_key: str) -> str:
        """A page with everything that is agreed; raises NotFound for another offer."""
        ...


@dataclass
class _Registry:
    methods: dict[str, PaymentMethod] = field(default_factory=dict)


_registry = _Registry()


def plug(method: PaymentMethod) -> None:
    """Offer this method at checkout; called once by wsgi.py. The order of plugging is shown."""
    _registry.methods[method.key] = method


def all_offers(checkout: CheckoutToPay) -> list[Offer]:
    """Every method's offers, in the order the methods were plugged in."""
    return [offer for method in _registry.methods.values() for offer in method.offers(checkout)]


def hints(buyer_id: int | None, price: Money) -> list[str]:
    """What a product page may say about paying."""
    found = [method.hint(buyer_id, price) for method in _registry.methods.values()]
    return [hint for hint in found if hint]


def method_of(offer_key: str) -> PaymentMethod:
    """The method an offer key or payment reference belongs to; raises NotFound."""
    method = _registry.methods.get(offer_key.partition(":")[0])
    if method is None:
        raise NotFound("There is no such way to pay. Choose one from the list.")
    return method


def tell_shipped(method: PaymentMethod, payment_ref: str, order_number: str, on: date) -> None:
    """Tell the method that paid an order that it is on its way, if it wants to know."""
    if hasattr(method, "shipped"):
        cast(ShippingMethod, method).shipped(payment_ref, order_number, on)


def papers_of(checkout: CheckoutToPay, offer_key: str) -> str:
    """The contract behind an offer, as a page to read before agreeing; raises NotFound."""
    method = method_of(offer_key)
    if not hasattr(method, "papers"):
        raise NotFound("Nothing is agreed to with this way to pay but the price.")
    return cast(PaperMethod, method).papers(checkout, offer_key)


def patient_ways() -> dict[str, timedelta]:
    """The methods whose answer takes days, by key, and how long they are waited for."""
    return {
        key: cast(PatientMethod, method).patience()
        for key, method in _registry.methods.items()
        if hasattr(method, "patience")
    }
