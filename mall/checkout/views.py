"""The checkout page, and the page that says what became of it."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from core import clock, guards
from core.errors import DomainError
from core.money import Money
from core.money import total as sum_of
from core.once import once
from core.web import money
from mall.accounts import services as accounts
from mall.checkout import bank_transfer, expiry, paying, qr, queries, shares, showing
from mall.checkout.forms import CheckoutForm
from mall.checkout.models import CheckoutState
from mall.checkout.queries import Basket
from mall.checkout.shares import WALLET, ByCard
from mall.ports import payment_methods
from mall.ports.payment_methods import CheckoutToPay, Offer, OrderToPay, TermsChanged
from mall.taxes.rules import Contained
from mall.traces import web as sightings
from mall.wallet import queries as wallets
from payments import services as payments

_PAPERS = "papers:"  # a press that shows the contract behind an offer
_SPLIT = ("split:", "by-card:")  # presses that pay some at once, and the rest by an offer
bp = Blueprint("checkout", __name__, url_prefix="/checkout")
guards.require(bp, "person")


@dataclass(frozen=True, slots=True)
class Bill:
    """What the form's choices cost: one way a parcel, the total, and the ways to pay it.

    taxes          what the total contains
    balance        what the shopper could spend of hers
    from_balance   what she does spend of it, if she wants to
    by_card        what one of `cards` pays at once, before a plan; `offers` are for the rest, `to_pay`
    """

    basket: Basket
    region: str
    shipping: dict[int, str]
    total: Money
    balance: Money
    from_balance: Money
    by_card: Money
    cards: list[Offer]
    to_pay: CheckoutToPay
    offers: list[Offer]
    taxes: list[Contained]

    @property
    def rest(self) -> Money:
        """What balance and card leave to pay in another way."""
        return self.total - self.from_balance - self.by_card

    @property
    def seen(self) -> str:
        """What a shopper has seen before she pays: `10000`, or `10000-3000` with her balance.

        `10000-3000-c2000` with a card's part.
        """
        part = f"-{self.from_balance.minor}" if self.from_balance else ""
        card = f"-c{self.by_card.minor}" if self.by_card else ""
        return f"{self.total.minor}{part}{card}"

    def offer(self, key: str | None) -> Offer | None:
        """The chosen way to pay the rest, if it is open to this shopper."""
        if not self.rest:
            return Offer(WALLET, "Balance", "", self.total, WALLET)
        found = [o for o in self.offers if not o.reasons]
        same = [o for o in found if o.rows and o.key.startswith(f"{key}:")]  # a campaign's, free
        return next((o for o in found if o.key == key), same[0] if key and same else None)

    def card(self, key: str | None) -> Offer | None:
        """The chosen card of those that pay at once beside a plan."""
        return next((o for o in self.cards if o.key == key), None)


def _wants_to_pay() -> bool:
    action = request.form.get("action", "")
    return action != "update" and not action.startswith((_PAPERS, *_SPLIT))


@bp.route("", methods=["GET", "POST"])
@once(when=_wants_to_pay)
def index() -> Any:
    buyer_id = current_user.id
    form = CheckoutForm().with_addresses(queries.addresses_of(buyer_id))
    basket = queries.basket_of(buyer_id)
    wants_to_pay = form.is_submitted() and _wants_to_pay()
    if wants_to_pay and (known := paying.known_number(buyer_id, form.key.data or "")):
        return redirect(url_for("checkout.show", number=known), 303)
    if not basket.parcels:
        flash("Your cart is empty.", "info")
        return redirect("/cart")
    bill = _bill(buyer_id, basket, form)
    if wants_to_pay:
        answer = _pay(form, bill) if form.validate() else 422
        if isinstance(answer, str):
            return redirect(url_for("checkout.show", number=answer), 303)
        bill = _bill(buyer_id, queries.basket_of(buyer_id), form)
        return _page(form, bill), answer
    _, wanted, offer_key = request.form.get("action", "").partition(_PAPERS)
    if wanted:
        return payment_methods.papers_of(bill.to_pay, offer_key)
    form.key.data = queries.next_key(buyer_id)
    return _page(form, bill)


def _bill(buyer_id: int, basket: Basket, form: CheckoutForm) -> Bill:
    region = form.chosen_address["region"]
    shipping = {
        p.seller_id: request.form.get(f"ship-{p.seller_id}", "standard") for p in basket.parcels
    }
    total = basket.total(shipping, region, current_app.config["MALL_CURRENCY"])
    balance = wallets.balance_of(buyer_id, total.currency)
    form.take_split(request.form.get("action", ""))
    used = form.from_balance(min(balance, total))
    by_card = form.by_card(total - used)
    totals = [p.goods + p.shipping(shipping[p.seller_id], region) for p in basket.parcels]
    _, at_once, later = shares.cut(totals, (used, by_card))
    rest = _to_pay(buyer_id, basket, later, total.currency)
    cards: list[Offer] = []
    offers = payment_methods.all_offers(rest) if rest.total else []
    if by_card:
        offers = [offer for offer in offers if offer.rows and shares.can_wait(offer.key)]
        now = _to_pay(buyer_id, basket, at_once, total.currency)
        cards = payment_methods.method_of(shares.CARD).offers(now)
    taxes = basket.taxes(shipping, region, form.chosen_address["country"])
    return Bill(basket, region, shipping, total, balance, used, by_card, cards, rest, offers, taxes)


def _to_pay(buyer_id: int, basket: Basket, of_orders: list[Money], currency: str) -> CheckoutToPay:
    """What one way has to pay of each order, as it will see it."""
    orders = [
        OrderToPay("", p.seller_id, share, tuple(line.product_id for line in p.lines))
        for p, share in zip(basket.parcels, of_orders, strict=True)
        if share
    ]
    total = sum_of([order.total for order in orders], currency)
    return CheckoutToPay("", buyer_id, total, clock.today(), tuple(orders))


def _pay(form: CheckoutForm, bill: Bill) -> str | int:
    """The checkout's number once it is written down; else a status, with the questions marked."""
    offer, card = bill.offer(form.offer.data), bill.card(form.now_by.data)
    ready = form.address_is_whole() and form.card_is_chosen(card, wanted=bool(bill.by_card))
    if not form.may_be_paid_by(offer) or not ready or offer is None:
        return 422
    if form.seen_total.data != bill.seen:
        flash("The total has changed. Look at it again, then pay.", "warn")
        return 422
    try:
        return _confirm(form, bill, offer, card)
    except DomainError as refusal:
        flash(str(refusal), "bad")
        return refusal.status if isinstance(refusal, TermsChanged) else 422


def _confirm(form: CheckoutForm, bill: Bill, offer: Offer, card: Offer | None) -> str:
    """Raises TermsChanged when the contract is not the one that stood on the page."""
    buyer_id, address = current_user.id, form.chosen_address
    if form.is_new_address and form.keep_address.data:
        accounts.add_address(buyer_id, **address)
    answer = paying.confirm(
        buyer_id=buyer_id,
        key=form.key.data or "",
        address=address,
        shipping=bill.shipping,
        offer_key=offer.key,
        expected=bill.total,
        card=form.new_card(card or offer),
        wallet=bill.from_balance or None,
        by_card=ByCard(card.key, bill.by_card) if card else None,
        details=_agreed_to(offer),
        seen=sightings.here(),
    )
    return answer.number


def _agreed_to(offer: Offer) -> dict[str, str]:
    """The hash of the contract as the page showed it, to be compared where it is made."""
    if not offer.terms_hash:
        return {}
    return {"terms_hash": request.form.get(f"terms-{offer.key}", "")}


def _page(form: CheckoutForm, bill: Bill) -> str:
    form.seen_total.data = bill.seen
    form.use_balance.label.text = f"Use my balance of {money(bill.balance)} first"
    first_open = next((o.key for o in bill.offers if not o.reasons), None)
    wished = form.offer.data or request.args.get("offer")
    found = bill.offer(wished)
    chosen = found.key if found else first_open
    return render_template(
        "mall/checkout/index.html",
        form=form,
        bill=bill,
        chosen=chosen,
        ways=showing.compare_rows(bill.offers),
        closed=showing.closed_ways(bill.offers),
        plans=[_plan(o, bill.rest) for o in bill.offers if o.rows and not o.reasons],
        sums=showing.sums(bill.basket, bill.shipping, bill.region),
        cards=showing.compare_rows(bill.cards),
        card_chosen=_card_shown(form, bill),
        takes_digits=any(offer.fields for offer in [*bill.offers, *bill.cards]),
        paid_by=showing.at_once(bill.from_balance, bill.by_card),
    )


def _card_shown(form: CheckoutForm, bill: Bill) -> str | None:
    """The card that is chosen to pay beside a plan, the first one at first."""
    chosen = bill.card(form.now_by.data) or next(iter(bill.cards), None)
    return chosen.key if chosen else None


def _plan(offer: Offer, price: Money) -> dict[str, Any]:
    return {
        "offer": offer,
        "facts": showing.fact_rows(offer, price),
        "rows": showing.schedule_rows(offer),
    }


@bp.get("/<number>")
def show(number: str) -> Any:
    """Paid, refused, or still waiting: then the payment is asked about again."""
    buyer_id = current_user.id
    checkout = queries.of_buyer(number, buyer_id)
    if checkout.offer_key == qr.KEY and not qr.is_over(checkout):
        return redirect(url_for("qr.code", number=number))
    payment = payments.payment_for(f"checkout:{number}")
    if checkout.state == CheckoutState.AWAITING and payment is not None:
        payment = payments.refresh(payment.id)
        expiry.give_up_if_overdue(number)
        checkout = queries.of_buyer(number, buyer_id)
    return render_template(
        "mall/checkout/show.html",
        checkout=checkout,
        orders=queries.orders_of(checkout.id),
        payment=payment,
        transfer=bank_transfer.awaited(payment),
        paid_by=showing.paid_by(queries.parts_of(checkout.id)),
    )


@bp.post("/<number>/give-up")
@once
def give_up(number: str) -> Any:
    """Free the goods and start again with another way to pay."""
    expiry.give_up(number, current_user.id)
    return redirect(url_for("checkout.index"), 303)
