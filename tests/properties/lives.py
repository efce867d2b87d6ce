"""A small mall that people live in by chance: every move is a use case of the pages or jobs."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from core import chance, clock
from core.db import db
from core.errors import DomainError
from core.jobs import Pile
from core.money import Money
from finance.capital import nightly, repaying
from finance.capital import services as capital
from finance.capital.models import Advance
from finance.collections.services import run_day
from finance.loans import paying
from finance.loans import services as loans
from finance.loans.models import Loan
from ledger import audit, book
from mall.catalog import services as catalog
from mall.checkout.expiry import give_up_overdue
from mall.orders import returns
from mall.orders import services as orders
from mall.orders.models import Order, Refund
from mall.orders.rules import Cause
from mall.payouts import services as payouts
from mall.wallet import services as balances
from payments import cards, sandbox_bank
from payments import services as payments
from payments.bookkeeping import clearing
from payments.models import GatewayOp, Payment
from payments.sandbox_gateway import deliver_due
from payments.sandbox_tables import objects
from payments.sweeps import sweep
from tests.factories.capital import make_steady_seller
from tests.factories.goods import make_product
from tests.factories.orders import make_order, place_and_pay, put_in_cart, saved_card
from tests.factories.people import make_seller, make_shopper

START = date(2026, 3, 10)
CARDS = (
    "4242424242424242", "4000000000000002", "4000002500003155", "4000000000001000",
    "4000000000001018", "4000000000001026", "4000000000001034", "4000000000001042",
    "4000000000005126", "4000000000007726", "4000000000001059",
)  # fmt: skip
PRICES = ("0.01", "0.03", "9.99", "100.00", "333.33", "1200.00", "2400.00")
ACCOUNTS = ("6222020000001234", "6222020000000002", "6222020000001116")


class Lives:
    """Two shops, three shoppers and the dice. `told` are the moves made, for when one breaks."""

    def __init__(self, seed: int, pile: Pile) -> None:
        self.dice, self.pile, self.told = Random(seed), pile, [f"seed {seed}"]
        self.now = clock.start_of(START) + timedelta(hours=12)
        self.drawn = 0
        self.last: tuple[str, Callable[[], Any]] = ("nothing", lambda: None)
        with clock.travel(self.now - timedelta(days=60)):
            self.sellers = [make_steady_seller(days=200, commission=50_000), make_seller()]
            self.goods = [
                make_product(self.dice.choice(self.sellers), price, stock=30, title=f"At {price}")
                for price in PRICES
            ]
            self.buyers = [make_shopper() for _ in range(3)]
            for buyer in self.buyers[:2] * 3:
                order = make_order(buyer, product=make_product(price="400.00"))
                self._finish(order)

    def _finish(self, order: Order) -> None:
        orders.ship(order.number, order.seller_id, carrier="SF", tracking=order.number)
        orders.deliver(order.number)
        orders.confirm_receipt(order.number, order.buyer_id)

    def live(self, turns: int) -> None:
        """So many moves, each followed by the audit."""
        with chance.rolling(self.dice):
            for _ in range(turns):
                self.move(*self._choose())
                self.check()

    def settle_down(self) -> None:
        """Everybody waits until nothing is under way any more; then the bank agrees with us."""
        for _ in range(8):
            self.move("wait", lambda: self._pass(timedelta(hours=3)))
        self.check()
        ours = book.balance(clearing("sandbox"), "CNY").minor
        assert ours == at_the_bank(), self._story(f"we count {ours}, the bank {at_the_bank()}")

    def move(self, name: str, action: Callable[[], Any]) -> None:
        """Do it; a refusal changes nothing and is part of life, anything else is a defect."""
        self.last = (name, action)
        with clock.travel(self.now):
            try:
                action()
                self.told.append(f"{self.now:%m-%d %H:%M} {name}")
            except DomainError as refusal:
                self.told.append(f"{self.now:%m-%d %H:%M} {name}: {refusal}")
            except Exception as error:
                raise AssertionError(self._story(f"{name} broke")) from error
        db.session.rollback()

    def check(self) -> None:
        """Every invariant of the book and of the rooms."""
        with clock.travel(self.now):
            broken = [f"{f.name}: {f.detail}" for f in audit.run() if not f.ok]
        assert not broken, self._story("\n".join(broken))

    def _story(self, end: str) -> str:
        return "\n".join([self.told[0], *self.told[-40:], self.last[0], end])

    def _choose(self) -> tuple[str, Callable[[], Any]]:
        if self.dice.random() < 0.1:
            return f"{self.last[0]} again", self.last[1]
        ways = [
            (6, self._buy), (3, self._answer_bank), (5, self._ship), (3, self._deliver),
            (5, self._receive), (2, self._cancel), (4, self._open_return), (5, self._decide),
            (3, self._give_refund), (5, self._pay_plan), (2, self._autopay), (2, self._pay_out),
            (1, self._stock), (6, self._capital), (9, self._wait), (4, self._balance),
        ]  # fmt: skip
        weights, makers = zip(*ways, strict=True)
        return self.dice.choices(makers, weights)[0]()

    # what shoppers do

    def _buy(self) -> tuple[str, Callable[[], Any]]:
        buyer, dice = self.dice.choice(self.buyers), self.dice
        wanted = [(dice.choice(self.goods), dice.randint(1, 3)) for _ in range(dice.randint(1, 3))]
        card, shipping = dice.choice(CARDS), dice.choice(["pickup", "standard", "express"])
        way = dice.choice(["", "", "", "pay_later:3", "pay_later:12", "qr", "wallet"])
        part = dice.choice([0, 0, 1, 700, 12_345, 100_000])

        def act() -> None:
            for product, quantity in wanted:
                put_in_cart(buyer, product, quantity)
            offer = way or saved_card(buyer.id, card)
            wallet = min(balances.balance_of(buyer.id, "CNY"), Money(part, "CNY"))
            place_and_pay(buyer, offer_key=offer, shipping=shipping, wallet=wallet)

        what = f"{[(p.title, n) for p, n in wanted]} by {way or card}, {part} of the balance first"
        return f"{buyer.id} buys {what}", act

    def _balance(self) -> tuple[str, Callable[[], Any]]:
        """Pays into the balance, or takes some of it out."""
        buyer, dice = self.dice.choice(self.buyers), self.dice
        amount, key = (
            Money(dice.choice([1_000, 5_000, 77_777]), "CNY"),
            f"K-{dice.randint(0, 9999)}",
        )
        card, takes_out = dice.choice(CARDS), dice.random() < 0.4
        bank = dice.choice(ACCOUNTS)

        def act() -> None:
            if takes_out:
                balances.withdraw(buyer.id, amount, key, bank)
            else:
                paid = balances.top_up(buyer.id, amount, key, self._token(buyer.id, card))
                payments.refresh(paid.id)

        return f"{buyer.id} moves {amount} {'out' if takes_out else f'in by {card}'} {key}", act

    def _answer_bank(self) -> tuple[str, Callable[[], Any]]:
        asked = select(Payment.id, Payment.action_url).where(Payment.state == "requires_action")
        row = self._one(asked)
        approved = self.dice.random() < 0.7
        if row is None:
            return self._buy()

        def act() -> None:
            sandbox_bank.answer_authentication(row.action_url.rpartition("/")[2], approved)
            payments.refresh(row.id)

        return f"payment {row.id} is {'approved' if approved else 'refused'}", act

    def _pay_plan(self) -> tuple[str, Callable[[], Any]]:
        row = self._one(select(Loan.number, Loan.borrower_id).where(Loan.state == "active"))
        if row is None:
            return self._buy()
        card, key = self.dice.choice(CARDS), f"K-{self.dice.randint(0, 9999)}"
        settle, wallet = self.dice.random() < 0.15, self.dice.random() < 0.3

        def act() -> None:
            if wallet:
                paying.pay_from_wallet(row.number, row.borrower_id, key=key, settle=settle)
                return
            token = self._token(row.borrower_id, card)
            paid = paying.pay_by_card(
                row.number, row.borrower_id, source=token, key=key, settle=settle
            )
            payments.refresh(paid.id)

        return f"{row.number} is paid, {'wallet' if wallet else card} {key} {settle=}", act

    def _autopay(self) -> tuple[str, Callable[[], Any]]:
        row = self._one(select(Loan.number, Loan.borrower_id).where(Loan.state == "active"))
        if row is None:
            return self._buy()
        card = self.dice.choice(CARDS)

        def act() -> None:
            self._token(row.borrower_id, card)
            known = next(c for c in cards.of(row.borrower_id) if c.last4 == card[-4:])
            loans.set_autopay(row.number, row.borrower_id, known.id)

        return f"{row.number} on autopay by {card}", act

    def _token(self, person_id: int, card: str) -> str:
        saved_card(person_id, card)
        return next(c.token for c in cards.of(person_id) if c.last4 == card[-4:])

    def _receive(self) -> tuple[str, Callable[[], Any]]:
        row = self._order("shipped", "delivered")
        return (row and (
            f"{row.number} is received",
            lambda: orders.confirm_receipt(row.number, row.buyer_id),
        )) or self._buy()  # fmt: skip

    def _open_return(self) -> tuple[str, Callable[[], Any]]:
        row = self._order("shipped", "delivered", "received")
        if row is None:
            return self._buy()
        lines = {line.id: self.dice.randint(0, line.quantity) for line in row.lines}
        cause = self.dice.choice(list(Cause))
        number, buyer_id = row.number, row.buyer_id
        return f"return of {number} {list(lines.values())} {cause}", lambda: returns.open_return(
            number, buyer_id, lines=lines, cause=cause
        )

    # what sellers and admins do

    def _ship(self) -> tuple[str, Callable[[], Any]]:
        row = self._order("paid")
        if row is None:
            return self._buy()
        number, seller_id = row.number, row.seller_id

        def act() -> None:
            orders.ship(number, seller_id, carrier="SF", tracking=f"SF-{number}")
            orders.scan(number)

        return f"{number} is shipped", act

    def _deliver(self) -> tuple[str, Callable[[], Any]]:
        row = self._order("shipped")
        if row is None:
            return self._ship()
        number = row.number
        return f"{number} is delivered", lambda: orders.deliver(number)

    def _cancel(self) -> tuple[str, Callable[[], Any]]:
        row, by = self._order("paid", "placed", "shipped"), self.dice.choice(
            ["shopper", "seller", "mall"]
        )  # fmt: skip
        if row is None:
            return self._buy()
        number = row.number
        return f"{number} is canceled by {by}", lambda: orders.cancel(number, by=by, reason="so")

    def _decide(self) -> tuple[str, Callable[[], Any]]:
        row = self._one(select(Refund.number).where(Refund.state == "opened"))
        if row is None:
            return self._open_return()
        if self.dice.random() < 0.75:
            return f"{row.number} is accepted", lambda: returns.accept_return(row.number, by="mall")
        return f"{row.number} is rejected", lambda: returns.reject_return(row.number, by="mall")

    def _give_refund(self) -> tuple[str, Callable[[], Any]]:
        row = self._order("paid", "shipped", "delivered", "received")
        if row is None:
            return self._buy()
        left = max(1, row.total - row.refunded)
        minor = self.dice.choice([1, left, left + 1, self.dice.randint(1, left)])
        number, cause, key = row.number, self.dice.choice(list(Cause)), f"K-{self.dice.random()}"
        return f"{number} gives {minor} of {left} back, {cause}", lambda: returns.give_refund(
            number, Money(minor, "CNY"), by="mall", cause=cause, key=key
        )

    def _pay_out(self) -> tuple[str, Callable[[], Any]]:
        seller, account = self.dice.choice(self.sellers), self.dice.choice(ACCOUNTS)
        share, key = self.dice.choice([1, 2, 3]), f"K-{self.dice.random()}"

        def act() -> None:
            seller.payout_account = account
            db.session.commit()
            balance = payouts.balance_of(seller.id, "CNY")
            payouts.request_payout(seller.id, Money(balance.minor // share, "CNY"), key=key)

        return f"{seller.id} asks for 1/{share} of the balance on {account}", act

    def _capital(self) -> tuple[str, Callable[[], Any]]:
        seller, key = self.dice.choice(self.sellers), f"K-{self.dice.random()}"
        way = self.dice.choice(["orders", "orders", "today", "today", "share", "pay off", "cancel"])
        amount = Money(self.dice.choice([10_000, 10_001, 50_000, 150_003]), "CNY")
        shipped = self._order("shipped", "delivered")
        running = self._one(
            select(Advance.number, Advance.seller_id).where(Advance.state == "active")
        )
        acts: dict[str, Callable[[], Any]] = {
            "orders": lambda: capital.draw_on_orders(seller.id, amount, key=key),
            "share": lambda: capital.take_sales_share(seller.id, amount * 40, 150_000, key=key),
        }
        if shipped:
            number, seller_id = shipped.number, shipped.seller_id
            acts["today"] = lambda: capital.sell_order(seller_id, number, key=key)
        if running:
            acts["pay off"] = lambda: repaying.pay_off(running.seller_id, running.number)
            acts["cancel"] = lambda: repaying.cancel(running.seller_id, running.number)

        def act() -> None:
            got = acts.get(way, lambda: None)()
            self.drawn += isinstance(got, capital.Drawn)

        return f"{seller.id} gets capital by {way}, {amount}", act

    def _stock(self) -> tuple[str, Callable[[], Any]]:
        variant = self.dice.choice(self.goods).variants[0]
        change = self.dice.randint(-20, 20)
        return f"stock {variant.id} {change:+}", lambda: catalog.adjust_stock(
            variant.id, variant.seller_id, change
        )

    # time

    def _wait(self) -> tuple[str, Callable[[], Any]]:
        minutes = self.dice.choice([1, 1, 20, 35, 180, 1440, 1440, 1440 * 3, 1440 * 15])
        return f"{minutes} minutes pass", lambda: self._pass(timedelta(minutes=minutes))

    def _pass(self, time: timedelta) -> None:
        self.now += time
        with clock.travel(self.now):
            self.pile.run_due()
            deliver_due()
            sweep()
            catalog.release_expired()
            give_up_overdue()
            orders.confirm_overdue()
            returns.retry_failed()
            run_day(clock.today())
            nightly.run(clock.today())
            payouts.pay_out_all()
            self.pile.run_due()

    def _order(self, *states: str) -> Order | None:
        found = select(Order).where(Order.state.in_(states)).order_by(Order.id)
        rows = db.session.scalars(found).all()
        return self.dice.choice(rows) if rows else None

    def _one(self, query: Any) -> Any:
        rows = db.session.execute(query.order_by("id")).all()
        return self.dice.choice(rows) if rows else None


def at_the_bank() -> int:
    """What the sandbox bank owes us: charges less its fee, refunds and payouts; minor units."""
    ours = select(GatewayOp.id)  # the bank, being elsewhere, keeps what other tests did
    known = select(objects).where(objects.c.status == "succeeded", objects.c.op_id.in_(ours))
    rows = db.session.execute(known).all()
    total = 0
    for row in rows:
        if row.kind == "charge":
            total += row.amount - Money(row.amount, "CNY").ppm(sandbox_bank.FEE_PPM).minor
        else:
            total -= row.amount
    return total
