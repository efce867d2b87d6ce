"""Ways money moves, each from what it needs to what one person does; safe to do again."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

from sqlalchemy import select

from core import clock, ids
from core.db import db
from core.money import Money
from finance.collections.services import run_day
from finance.loans import services as loans
from mall.accounts.models import Person
from mall.checkout import paying
from mall.checkout.queries import basket_of, next_key
from mall.orders import returns
from mall.orders.rules import OrderState
from mall.payouts import services as payouts
from mall.sellers.models import Seller
from mall.wallet import services as wallet
from mall.wallet.models import TopUp as Row
from mall.wallet.models import Withdrawal
from payments import cards, gateways
from payments import services as payments
from payments.gateway import UsedCard
from payments.models import GatewayOp
from tests.factories.goods import make_product
from tests.factories.loans import make_loan
from tests.factories.orders import ADDRESS, make_order, put_in_cart
from tests.factories.owner import without_orders
from tests.factories.people import make_seller, make_shopper

Made = dict[str, Any]
card_number = "4242424242424242"  # what shoppers pay with; a case may deal them another


@dataclass(frozen=True)
class Told:
    """What whoever acted was told: what they asked for, and whether it is done."""

    ref: str
    done: bool


class Flow(ABC):
    """One way money moves; instances keep nothing, so that any process can go on with it."""

    name: ClassVar[str]
    first: ClassVar[str]  # the use case of commit 1
    kind: ClassVar[str]  # of the operation
    gateways: ClassVar[tuple[str, ...]] = ("sandbox", "stripe")
    sent: ClassVar[str] = "sent"  # whoever pays has heard, we have no answer
    ends: ClassVar[tuple[str, ...]] = ("succeeded",)  # states its operation may end in
    warms: ClassVar[bool] = True  # whether it can be done without anybody else's doing
    POINTS: ClassVar[tuple[str, ...]] = (
        "before:{first}",
        "after:{first}",
        "before:_lease",
        "after:_lease",
        "before:send",
        "{sent}",
        "after:send",
        "before:apply_answer",
        "after:apply_answer",
    )

    def points(self) -> list[str]:
        """Where a process may die under way."""
        return [point.format(first=self.first, sent=self.sent) for point in self.POINTS]

    @abstractmethod
    def prepare(self, number: int) -> Made:
        """Everything up to the point where somebody acts."""

    def arrange(self, mall: Any, made: Made) -> None:
        """What somebody else does before; called outside the mall's processes."""
        return

    @abstractmethod
    def act(self, made: Made) -> Told:
        """Do it, or do it again with the same key."""

    def ops(self, made: Made) -> list[GatewayOp]:
        """Its operations so far, oldest first."""
        refs = self.refs(made)
        query = select(GatewayOp).where(GatewayOp.kind == self.kind, GatewayOp.ref.in_(refs))
        return list(db.session.scalars(query.order_by(GatewayOp.id)))

    @abstractmethod
    def refs(self, made: Made) -> list[str]:
        """The `ref`s its operations have, as far as anything was written down."""


def a_loan(person_id: int, on: date) -> Any:
    """300.00 in three months, for goods of another world."""
    with without_orders():
        return make_loan(person_id, money("300.00"), months=3, on=on, received_on=on)


def a_shopper() -> Person:
    return make_shopper(email=f"{ids.code('p').lower()}@example.com")


def a_seller() -> Seller:
    """An open shop; its money goes to a bank account or to an account at the gateway."""
    from core.use_case import use_case

    seller = make_seller(f"Shop {ids.code('S')}")

    @use_case
    def with_account() -> None:
        known = db.session.get_one(Seller, seller.id)
        known.payout_account = (
            known.payout_account if gateways.current().takes_digits else "acct_shop"
        )

    with_account()
    return db.session.get_one(Seller, seller.id)


def a_card(person_id: int) -> cards.Card:
    """A saved card of this person at the gateway that serves."""
    gateway = gateways.current()
    if gateway.takes_digits:
        return cards.save(person_id, card_number, f"04/{clock.today().year + 3}", "123")
    used = UsedCard(f"pm_{person_id}", f"cus_{person_id}", "Visa", card_number[-4:], "2031-04")
    return cards.keep(person_id, gateway.name, used)


def currency() -> str:
    from flask import current_app

    return str(current_app.config["MALL_CURRENCY"])


def money(text: str) -> Money:
    return Money.parse(text, currency())


def an_order(state: OrderState, amount: str = "100.00") -> Any:
    """An order paid by a saved card, in `state`."""
    buyer = a_shopper()
    card = a_card(buyer.id)
    return make_order(buyer, a_seller(), money(amount), state=state, offer_key=f"card:{card.id}")


class Checkout(Flow):
    """A click on Pay with a saved card."""

    name, first, kind = "checkout", "place", "charge"

    def prepare(self, number: int) -> Made:
        buyer, product = a_shopper(), make_product(a_seller(), "40.00", stock=1)
        put_in_cart(buyer, product)
        return {
            "buyer": buyer.id,
            "key": next_key(buyer.id),
            "offer": self._offer(buyer.id),
            "sellers": [p.seller_id for p in basket_of(buyer.id).parcels],
        }

    def _offer(self, buyer_id: int) -> str:
        return f"card:{a_card(buyer_id).id}"

    def act(self, made: Made) -> Told:
        answer = paying.confirm(
            buyer_id=made["buyer"],
            key=made["key"],
            address=ADDRESS,
            shipping=dict.fromkeys(made["sellers"], "pickup"),
            offer_key=made["offer"],
        )
        payment = payments.payment_for(f"checkout:{answer.number}")
        assert payment is not None, answer
        return Told(answer.number, payment.state == "succeeded")

    def refs(self, made: Made) -> list[str]:
        number = paying.known_number(made["buyer"], made["key"])
        return [f"checkout:{number}"] if number else []


class CardPage(Checkout):
    """A click on Pay that leads to the gateway's own page."""

    name, gateways = "card page", ("stripe",)

    def _offer(self, buyer_id: int) -> str:
        return "card"

    def act(self, made: Made) -> Told:
        told = super().act(made)
        payment = payments.payment_for(f"checkout:{told.ref}")
        assert payment is not None
        if payment.is_open:  # she comes back from the page
            payment = payments.refresh(payment.id)
        return Told(told.ref, payment.state == "succeeded")


class Refund(Flow):
    """A seller gives part of an order back; every other order has been released already."""

    name, first, kind = "refund", "give_refund", "refund"

    def prepare(self, number: int) -> Made:
        state = OrderState.RECEIVED if number % 2 else OrderState.PAID
        order = an_order(state)
        return {"order": order.number, "key": ids.code("K"), "seller": order.seller_id}

    def act(self, made: Made) -> Told:
        refund = returns.give_refund(
            made["order"],
            money("30.00"),
            by=f"seller:{made['seller']}",
            cause="damaged",
            key=made["key"],
        )
        number = refund.number
        states = [payments.drive(op.id) for op in self.ops(made)]
        return Told(number, states == ["succeeded"])

    def refs(self, made: Made) -> list[str]:
        from mall.orders.models import Refund as Row

        return list(db.session.scalars(select(Row.number).where(Row.key == made["key"])))


class Payout(Flow):
    """A seller asks for the balance."""

    name, first, kind = "payout", "request_payout", "payout"

    def prepare(self, number: int) -> Made:
        order = an_order(OrderState.RECEIVED)
        return {"seller": order.seller_id, "key": ids.code("K")}

    def act(self, made: Made) -> Told:
        payout = payouts.request_payout(made["seller"], money("50.00"), key=made["key"])
        number = payout.number
        states = [payments.drive(op.id) for op in self.ops(made)]
        return Told(number, states == ["succeeded"])

    def refs(self, made: Made) -> list[str]:
        from mall.payouts.models import Payout as Row

        query = select(Row.number).where(Row.seller_id == made["seller"], Row.key == made["key"])
        return list(db.session.scalars(query))


class Installment(Flow):
    """The lender's night asks a saved card for what falls due today."""

    name, first, kind = "installment", "ask_cards", "charge"

    def prepare(self, number: int) -> Made:
        person = a_shopper()
        card = a_card(person.id)
        month_ago = clock.today() - timedelta(31)
        loan = a_loan(person.id, month_ago)
        loans.set_autopay(loan.number, person.id, card.id)
        day = min(row.due_on for row in loan.rows)
        return {"loan": loan.number, "day": day}

    def act(self, made: Made) -> Told:
        run_day(made["day"])  # today or a day ago; later than now the sweep would not find it due
        states = [op.state for op in self.ops(made)]
        return Told(made["loan"], states == ["succeeded"])

    def refs(self, made: Made) -> list[str]:
        return [f"loan:{made['loan']}:auto:1"]


class TopUp(Flow):
    """A shopper pays into the balance with a saved card."""

    name, first, kind = "top-up", "top_up", "charge"

    def prepare(self, number: int) -> Made:
        person_id = a_shopper().id
        return {"person": person_id, "token": a_card(person_id).token, "key": ids.code("K")}

    def act(self, made: Made) -> Told:
        asked = wallet.top_up(made["person"], money("80.00"), made["key"], made["token"])
        seen = payments.refresh(asked.id)
        return Told(seen.purpose, seen.state == "succeeded")

    def refs(self, made: Made) -> list[str]:
        mine = Row.person_id == made["person"], Row.key == made["key"]
        return [f"wallet:{n}" for n in db.session.scalars(select(Row.number).where(*mine))]


class Withdraw(Flow):
    """A shopper takes part of the balance out to a bank account."""

    name, first, kind, gateways = "withdrawal", "withdraw", "payout", ("sandbox",)

    def prepare(self, number: int) -> Made:
        made = TopUp().prepare(number)
        TopUp().act(made)
        return made

    def act(self, made: Made) -> Told:
        asked = wallet.withdraw(made["person"], money("50.00"), made["key"], "6222020000001234")
        number = asked.number
        states = [payments.drive(op.id) for op in self.ops(made)]
        return Told(number, states == ["succeeded"])

    def refs(self, made: Made) -> list[str]:
        mine = Withdrawal.person_id == made["person"], Withdrawal.key == made["key"]
        return list(db.session.scalars(select(Withdrawal.number).where(*mine)))


FLOWS: dict[str, Flow] = {
    flow.name: flow
    for flow in (
        Checkout(),
        CardPage(),
        Refund(),
        Payout(),
        Installment(),
        TopUp(),
        Withdraw(),
    )
}
