"""What people, banks and time may do next: each move is a use case of the pages or of a job."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from core import clock
from core.db import db
from core.money import Money
from finance.collections.services import run_day
from finance.loans import paying
from mall.accounts.models import Person
from mall.cash import services as cash
from mall.catalog import services as catalog
from mall.catalog.models import Product
from mall.checkout.expiry import give_up_overdue
from mall.disputes import freezing
from mall.disputes import services as disputes
from mall.disputes.models import DisputeCase
from mall.orders import courier, returns
from mall.orders import services as orders
from mall.orders.rules import GIVEN_CAUSES, SHOPPER_CAUSES
from mall.payouts import rates, reserves, terms
from mall.payouts import services as payouts
from mall.sellers.models import Seller
from mall.wallet import services as balances
from payments import cards, sandbox_bank
from payments import services as payments
from payments.bank_references import reference_of
from payments.disputes_sweep import refresh_open
from payments.models import GatewayOp, Payment
from payments.sandbox_gateway import deliver_due
from payments.sweeps import sweep
from tests.factories.bank import entry, statement
from tests.factories.goods import make_product
from tests.factories.orders import place_and_pay, put_in_cart, saved_card
from tests.factories.people import make_admin, make_seller, make_shopper
from tests.simulation.model import Model, Order
from tests.simulation.news import News, put_on_shelf

Move = tuple[str, Callable[[], Any]]
CARDS = (
    "4242424242424242", "5555555555554444", "4000000000000002", "4000002500003155",
    "4000000000001000", "4000000000001018", "4000000000001026", "4000000000001034",
    "4000000000001042", "4000000000005126", "4000000000007726", "4000000000001059",
)  # fmt: skip
DISPUTED = ("4000000000000259", "4000000000002685", "4000000000001976")
BANKS = ("6222020000001234", "6222020000001234", "6222020000000002", "6222020000001116")
SHELF = (("0.01", "toys"), ("0.03", "books"), ("9.99", "toys"), ("100.00", "books"),
         ("333.33", "toys"), ("1200.00", "books"))  # fmt: skip
WAYS = (
    "card",
    "card",
    "card",
    "card",
    "wallet",
    "cash_on_delivery",
    "bank_transfer",
    "pay_later:3",
    "pay_later:6",
)
TAXED = ("CN", 60_000)


class Town:
    """Two shops with terms of their own, three shoppers, and what may be done to them."""

    def __init__(self, dice: Any, pile: Any, model: Model, news: News) -> None:
        self.dice, self.pile, self.model, self.news = dice, pile, model, news
        self.keys = 0
        self.shops: list[Seller] = [make_seller() for _ in range(2)]
        self.goods: list[tuple[Seller, Product]] = []
        self.buyers: list[Person] = [make_shopper() for _ in range(3)]
        self.admin = make_admin().id
        for shop in self.shops:
            for price, category in SHELF:
                title = f"{category} at {price}"
                product = make_product(shop, price, stock=60, title=title, category=category)
                minor = Money.parse(price, "CNY").minor
                self.goods.append((shop, put_on_shelf(news, product, minor, category)))
                model.rates[shop.id, category] = 50_000
            model.taxes[shop.id] = ("", 0)
        self._terms_of(self.shops[1])

    def _terms_of(self, shop: Seller) -> None:
        """The second shop: 12.5 % on books, tax on the commission, a tenth kept for 20 days."""
        books = next(p.category_id for _, p in self.goods if p.title.startswith("books"))
        rates.set_rate(125_000, by=self.admin, category_id=books, seller_id=shop.id)
        self.model.rates[shop.id, "books"] = 125_000
        terms.set_jurisdiction(shop.id, TAXED[0])
        self.model.taxes[shop.id] = TAXED
        reserves.set_reserve(shop.id, 100_000, days=20, why="the shop is new", by=self.admin)
        self.model.reserve_ppm[shop.id] = 100_000

    def choose(self) -> Move:
        """One thing that somebody does now; time is another matter."""
        ways = [
            (7, self._buy), (4, self._bank_page), (2, self._transfer), (6, self._ship), (2, self._deliver),
            (6, self._receive), (2, self._cancel), (3, self._open_return), (4, self._decide),
            (4, self._give_refund), (3, self._pay_out), (3, self._top_up), (2, self._withdraw),
            (1, self._sent_away), (3, self._answer), (1, self._settle), (2, self._drive), (1, self._stock), (2, self._job),
        ]  # fmt: skip
        weights, makers = zip(*ways, strict=True)
        while True:
            move = self.dice.choices(makers, weights)[0]()
            if move is not None:
                return move

    def jobs(self) -> list[tuple[str, Callable[[], Any]]]:
        """What runs by itself, in an order of chance."""
        found: list[tuple[str, Callable[[], Any]]] = [
            ("jobs run", self.pile.run_due), ("notices arrive", deliver_due), ("sweep", sweep),
            ("reservations end", catalog.release_expired), ("checkouts end", give_up_overdue),
            ("receipts by timer", orders.confirm_overdue), ("refunds again", returns.retry_failed),
            ("reserves end", reserves.release_due), ("payouts of the night", payouts.pay_out_all),
            ("answers are due", disputes.answer_due), ("disputes are asked for", refresh_open),
            ("the lender's day", lambda: run_day(clock.today())),
            ("disputes withhold", freezing.freeze_all_missing),
        ]  # fmt: skip
        self.dice.shuffle(found)
        return found

    def wait(self) -> timedelta:
        """From no time at all to nine days: later than ten a plan would cost a late fee."""
        minutes = self.dice.choice([0, 1, 1, 3, 20, 35, 180, 1440, 1440, 1440 * 3, 1440 * 9])
        return timedelta(minutes=minutes)

    def _key(self, amount: int) -> str:
        self.keys += 1
        key = f"K-{self.keys}"
        self.news.asked[key] = amount
        return key

    def _name(self, person_id: int) -> str:
        return "ABC"[[b.id for b in self.buyers].index(person_id)]

    def _order(self, *states: str) -> Order | None:
        """By the model's own list: what it thinks is in this state."""
        found = [o for o in self.model.orders.values() if o.state in states]
        return self.dice.choice(found) if found else None

    def _touched(self, order: Order) -> bool:
        """Whether its plan has earned a fee or is paid off: such refunds have tests of their own."""
        return bool(order.loan) and self.news.loans.all[order.loan].touched

    def past(self) -> list[Move]:
        """What two shoppers bought long ago, so that the lender knows them."""
        found: list[Move] = []
        for buyer in self.buyers[:2]:
            for _ in range(3):
                found.append((f"{self._name(buyer.id)} bought once", partial(self._bought, buyer)))
        return found

    def _bought(self, buyer: Person) -> None:
        before = set(self.model.orders)
        put_in_cart(buyer, self.goods[3][1], 2)
        place_and_pay(buyer)
        self.news.tell()
        (number,) = set(self.model.orders) - before
        order = self.model.orders[number]
        orders.ship(number, order.seller, carrier="SF", tracking=f"SF-{number}")
        orders.deliver(number)
        orders.confirm_receipt(number, buyer.id)

    def settle(self, number: str) -> Move:
        """The borrower pays a plan off, from the balance if that is enough."""
        loan, key = self.news.loans.all[number], self._key(0)
        if self.model.free(f"wallet:{loan.borrower}") >= self.news.loans.payoff(number) > 0:
            return f"{number} is paid off from the balance", lambda: paying.pay_from_wallet(
                number, loan.borrower, key=key, settle=True
            )

        def act() -> None:
            saved_card(loan.borrower)
            token = next(c.token for c in cards.of(loan.borrower) if c.last4 == "4242")
            paid = paying.pay_by_card(number, loan.borrower, source=token, key=key, settle=True)
            payments.refresh(paid.id)

        return f"{number} is paid off by card", act

    def due(self) -> list[str]:
        """Plans of which a fee is owed."""
        return [n for n in self.news.loans.all if self.model.net[f"loan_interest:{n}"]]

    def _settle(self) -> Move | None:
        open_ones = [n for n in self.news.loans.all if self.model.net[f"loan_principal:{n}"]]
        return self.settle(self.dice.choice(open_ones)) if open_ones else None

    # shoppers

    def _buy(self) -> Move:
        dice, buyer = self.dice, self.dice.choice(self.buyers)
        wanted = [(*dice.choice(self.goods), dice.randint(1, 3)) for _ in range(dice.randint(1, 3))]
        card = dice.choice(CARDS + DISPUTED * 2)
        shipping = dice.choice(["pickup", "standard", "express"])
        way, part = dice.choice(WAYS), dice.choice([0, 0, 1, 700, 12_345, 100_000])

        def act() -> None:
            for _, product, quantity in wanted:
                put_in_cart(buyer, product, quantity)
            offer = saved_card(buyer.id, card) if way == "card" else way
            first = min(part, self.model.free(f"wallet:{buyer.id}"))
            self.news.wallets[buyer.id] = first
            place_and_pay(buyer, offer_key=offer, shipping=shipping, wallet=Money(first, "CNY"))

        what = ", ".join(f"{n} × {p.title}" for _, p, n in wanted)
        by = card if way == "card" else way
        return f"{self._name(buyer.id)} buys {what} by {by}, {part} from balance", act

    def _bank_page(self) -> Move | None:
        asked = select(Payment.id, Payment.action_url, Payment.purpose)
        waiting = asked.where(Payment.state == "requires_action", Payment.gateway == "sandbox")
        rows = db.session.execute(waiting.order_by(Payment.id)).all()
        if not rows:
            return None
        row, approved = self.dice.choice(rows), self.dice.random() < 0.75

        def act() -> None:
            sandbox_bank.answer_authentication(row.action_url.rpartition("/")[2], approved)
            if approved or row.id % 2:
                payments.refresh(row.id)

        return f"{row.purpose} is {'approved' if approved else 'refused'} at the bank", act

    def _transfer(self) -> Move | None:
        """The line of a statement with the right amount, in time or days after it was given up."""
        ops = select(GatewayOp.id, GatewayOp.ref).where(
            GatewayOp.kind == "charge",
            GatewayOp.gateway == "bank",
            GatewayOp.state.in_(("requires_action", "refused")),
        )
        rows = db.session.execute(ops.order_by(GatewayOp.id)).all()
        if not rows:
            return None
        op_id, ref = self.dice.choice(rows)
        number = ref.partition(":")[2]
        amount = self.model.rest_of(self.model.checkouts[number])
        text = Money(amount, "CNY").decimal_text()
        line = entry(text, id=number, on=f"{clock.today()}", reference=reference_of(op_id))
        return f"{amount} is transferred for {number}", lambda: statement(line)

    def _receive(self) -> Move | None:
        order = self._order("shipped", "delivered", "delivered")
        if order is None:
            return None
        return f"{order.number} is received", lambda: orders.confirm_receipt(
            order.number, order.buyer
        )

    def _open_return(self) -> Move | None:
        order = self._order("shipped", "delivered", "received")
        if order is None or self._touched(order):
            return None
        lines = {id: self.dice.randint(0, line.quantity) for id, line in order.lines.items()}
        cause = self.dice.choice(SHOPPER_CAUSES)
        what = f"return of {list(lines.values())} of {order.number}, {cause}"
        return what, lambda: returns.open_return(
            order.number, order.buyer, lines=lines, cause=cause
        )

    def _top_up(self) -> Move:
        buyer, card = self.dice.choice(self.buyers), self.dice.choice(CARDS)
        amount = self.dice.choice([1_000, 5_000, 77_777])
        key = self._key(amount)

        def act() -> None:
            saved_card(buyer.id, card)
            token = next(c.token for c in cards.of(buyer.id) if c.last4 == card[-4:])
            payments.refresh(balances.top_up(buyer.id, Money(amount, "CNY"), key, token).id)

        return f"{self._name(buyer.id)} pays {amount} in by {card}", act

    def _withdraw(self) -> Move:
        buyer, bank = self.dice.choice(self.buyers), self.dice.choice(BANKS)
        there = self.model.free(f"wallet:{buyer.id}")
        amount = self.dice.choice([100, 5_000, max(100, there), max(101, there + 1)])
        key = self._key(amount)
        return f"{self._name(buyer.id)} takes {amount} out to {bank}", lambda: balances.withdraw(
            buyer.id, Money(amount, "CNY"), key, bank
        )

    # sellers, couriers and the mall

    def _ship(self) -> Move | None:
        order = self._order("paid")
        if order is None:
            return None
        number, seller = order.number, order.seller
        if order.paid and order.paid[-1][0] == "cash_on_delivery":
            return f"{number} goes with our courier", lambda: courier.hand_over(number, seller)
        return f"{number} is shipped", lambda: orders.ship(
            number, seller, carrier="SF", tracking=f"SF-{number}"
        )

    def _deliver(self) -> Move | None:
        order = self._order("shipped")
        return order and (f"{order.number} is delivered", lambda: orders.deliver(order.number))

    def _sent_away(self) -> Move | None:
        order = self._order("shipped")
        return order and (
            f"{order.number} is sent away at the door",
            lambda: cash.sent_away(order.number, by=f"admin:{self.admin}"),
        )

    def _cancel(self) -> Move | None:
        order, by = self._order("paid", "placed"), self.dice.choice(["shopper", "seller", "mall"])
        if order is None or self._touched(order):
            return None
        return (
            f"{order.number} is canceled by the {by}",
            lambda: orders.cancel(order.number, by=by, reason="so"),
        )

    def _decide(self) -> Move | None:
        found = [number for number, r in self.model.refunds.items() if not r.asked]
        if not found:
            return None
        number, yes = self.dice.choice(found), self.dice.random() < 0.75
        yes = yes and not self._touched(self.model.refunds[number].order)
        decide = returns.accept_return if yes else returns.reject_return
        return f"{number} is {'accepted' if yes else 'rejected'}", lambda: decide(number, by="mall")

    def _give_refund(self) -> Move | None:
        order = self._order("paid", "shipped", "delivered", "received", "received")
        if order is None or self._touched(order):
            return None
        left = max(1, order.left)
        amount = self.dice.choice([1, left, left + 1, self.dice.randint(1, left)])
        cause, key = self.dice.choice(GIVEN_CAUSES), self._key(amount)
        what = f"{order.number} gives {amount} of {order.left} back, {cause}"
        return what, lambda: returns.give_refund(
            order.number, Money(amount, "CNY"), by="mall", cause=cause, key=key
        )

    def _pay_out(self) -> Move:
        shop, bank = self.dice.choice(self.shops), self.dice.choice(BANKS)
        there = max(0, self.model.free(f"seller_payable:{shop.id}"))
        amount = self.dice.choice([100, max(100, there // 2), max(100, there), there + 1])
        key = self._key(amount)

        def act() -> None:
            shop.payout_account = bank
            db.session.commit()
            payouts.request_payout(shop.id, Money(amount, "CNY"), key=key)

        return f"shop {self.shops.index(shop) + 1} asks for {amount} of {there} to {bank}", act

    def _answer(self) -> Move | None:
        """The bank gets the mall's side of an open dispute, or the mall gives in."""
        numbers = db.session.scalars(
            select(DisputeCase.number).where(DisputeCase.state == "open").order_by(DisputeCase.id)
        ).all()
        if not numbers:
            return None
        number, fights = self.dice.choice(numbers), self.dice.random() < 0.75
        say = disputes.hand_in if fights else disputes.give_in
        return f"{number} is {'answered' if fights else 'given in'}", lambda: say(number, by="mall")

    def _drive(self) -> Move | None:
        """A worker takes up any operation again, whatever state it is in."""
        ids = db.session.scalars(select(GatewayOp.id).order_by(GatewayOp.id)).all()
        if not ids:
            return None
        place = self.dice.randrange(len(ids))
        return f"operation {place + 1} is driven", lambda: payments.drive(ids[place])

    def _stock(self) -> Move:
        _, product = self.dice.choice(self.goods)
        variant, change = product.variants[0], self.dice.randint(-20, 25)
        return f"stock of {product.title} {change:+}", lambda: catalog.adjust_stock(
            variant.id, variant.seller_id, change
        )

    def _job(self) -> Move:
        return self.jobs()[0]


def noon(day: Any) -> Any:
    """Noon of a business day, an instant."""
    return clock.start_of(day) + timedelta(hours=12)
