"""What became of everything: states read from the mall's tables, told to the model in order."""

from typing import Any

from sqlalchemy import select

from core.db import db
from finance.loans.models import Installment
from finance.loans.models import Loan as LoanRow
from ledger.models import accounts, journals
from mall.catalog.models import Product
from mall.checkout.models import Checkout as CheckoutRow
from mall.disputes.models import DisputeCase, DisputeShare
from mall.orders.models import Order as OrderRow
from mall.orders.models import OrderLine
from mall.orders.models import Refund as RefundRow
from mall.payouts.models import Payout as PayoutRow
from mall.payouts.models import ReserveHold
from mall.wallet.models import TopUp, Withdrawal
from payments.disputes_model import Dispute as DisputeRow
from payments.models import GatewayOp, Payment
from payments.sandbox_bank import engine as bank_engine
from payments.sandbox_tables import disputes as at_the_bank
from tests.simulation.model import Checkout, Line, Model, Order, Refund, Wrong
from tests.simulation.model_disputes import Disputes
from tests.simulation.model_loans import Loans

GATEWAYS = ("card", "bank_transfer")


class News:
    """Remembers what it has told. `asked` are the amounts people asked for, by the key they used."""

    def __init__(self, model: Model) -> None:
        self.model, self.asked = model, {}
        self.disputes, self.loans = Disputes(model), Loans(model)
        self.wallets: dict[int, int] = {}  # what a buyer's next checkout takes of the balance
        self.products: dict[int, tuple[int, str]] = {}  # price and category, as put on the shelf
        self.seen: dict[tuple[str, Any], str] = {}

    def _changed(self, what: str, id: Any, state: str) -> str | None:
        """The state before, "" when it is new; None when nothing changed."""
        before = self.seen.get((what, id), "")
        self.seen[what, id] = state
        return None if before == state else before

    def tell(self) -> None:
        """Everything that changed since the last time, causes before what follows from them."""
        self._placed()
        self._top_ups()
        ops = db.session.execute(
            select(
                GatewayOp.id, GatewayOp.kind, GatewayOp.ref, GatewayOp.state, GatewayOp.payment_id
            ).order_by(GatewayOp.id)
        ).all()
        self._checkouts({op.ref for op in ops if op.kind == "charge" and op.state == "succeeded"})
        self._fees_of_loans()
        self._charges(ops)
        self._paid_from_balance()
        self._orders()
        self._reserves()
        self._disputes()
        self._refunds()
        self._withheld()
        self._payouts()
        self._ops(ops)

    def _placed(self) -> None:
        found = select(CheckoutRow).order_by(CheckoutRow.id)
        for row in db.session.scalars(found).all():
            if row.number in self.model.checkouts:
                continue
            way, wallet = row.offer_key.partition(":")[0], self.wallets.get(row.buyer_id, 0)
            checkout = Checkout(row.number, row.buyer_id, way, wallet)
            orders = select(OrderRow).where(OrderRow.checkout_id == row.id).order_by(OrderRow.id)
            for order in db.session.scalars(orders).all():
                checkout.orders.append(self._order(order))
            self.model.placed(checkout)

    def _order(self, row: OrderRow) -> Order:
        lines = {}
        mine = select(OrderLine).where(OrderLine.order_id == row.id).order_by(OrderLine.id)
        for line in db.session.scalars(mine).all():
            price, category = self.products[line.product_id]
            rate = self.model.rates[row.seller_id, category]
            lines[line.id] = Line(line.quantity, price, rate)
        order = Order(row.number, row.buyer_id, row.seller_id, row.shipping, lines)
        if order.total != row.total:
            raise Wrong(f"{row.number} costs {row.total}, not {order.total}")
        return order

    def _top_ups(self) -> None:
        for row in db.session.scalars(select(TopUp)).all():
            self.model.top_ups.setdefault(row.number, (row.person_id, self.asked[row.key]))

    def _checkouts(self, charged: set[str]) -> None:
        rows = select(CheckoutRow.number, CheckoutRow.state, CheckoutRow.payment_ref)
        rows = rows.order_by(CheckoutRow.id)
        for number, state, ref in db.session.execute(rows).all():
            if self._changed("checkout", number, state) is None:
                continue
            checkout = self.model.checkouts[number]
            if state == "paid":
                if checkout.way in GATEWAYS and f"checkout:{number}" not in charged:
                    raise Wrong(f"{number} is paid, and no charge succeeded")
                if checkout.way == "pay_later":
                    loan = ref.partition(":")[2]
                    months = select(LoanRow.months).where(LoanRow.number == loan)
                    self.loans.lent(loan, db.session.scalars(months).one(), checkout)
                self.model.bought(checkout)
            elif state == "given_up":
                self.model.given_up(checkout)

    def _charges(self, ops: Any) -> None:
        for op in ops:
            if op.kind != "charge" or self._changed("charge", op.id, op.state) is None:
                continue
            if op.state == "succeeded":
                self._charged(*op.ref.split(":", 1))

    def _charged(self, what: str, number: str) -> None:
        if what == "wallet":
            self.model.topped_up(number)
            return
        if what == "loan":
            paid = self.loans.settled(number.partition(":")[0], "clearing:sandbox")
            self.model.charge_fee(f"loan:{number}", paid)
            return
        checkout = self.model.checkouts[number]
        amount = self.model.rest_of(checkout)
        if self.seen["checkout", number] != "paid":
            self.model.came_too_late(checkout, amount)
        if checkout.way == "bank_transfer":
            self.model.transferred(amount)
        else:
            self.model.charge_fee(f"checkout:{number}", amount)

    def _fees_of_loans(self) -> None:
        """Rows of plans whose fee was earned since; settled early, a row earns none."""
        rows = (
            select(LoanRow.number, Installment.number)
            .join(Installment, Installment.loan_id == LoanRow.id)
            .where(Installment.accrued_on.is_not(None), ~Installment.fee_free)
        )
        for loan, row in db.session.execute(rows.order_by(LoanRow.id, Installment.number)).all():
            if self._changed("row", (loan, row), "earned") is not None:
                self.loans.fell_due(loan, row)

    def _paid_from_balance(self) -> None:
        rows = select(journals.c.ref).where(journals.c.kind == "loan.paid")
        for number in db.session.scalars(rows).all():
            if self._changed("loan", number, "paid") is not None:
                self.loans.settled(number, f"wallet:{self.loans.all[number].borrower}")

    def _orders(self) -> None:
        rows = select(OrderRow.number, OrderRow.state).order_by(OrderRow.id)
        for number, state in db.session.execute(rows).all():
            if self._changed("order", number, state) is None:
                continue
            order = self.model.orders[number]
            order.state = state
            if state == "delivered" or state == "received":
                self.model.collected(order)
            if state == "received":
                self.model.received(order)

    def _reserves(self) -> None:
        rows = select(ReserveHold.order_number).where(ReserveHold.released_on.is_not(None))
        for number in db.session.scalars(rows.order_by(ReserveHold.id)).all():
            if self._changed("reserve", number, "released") is not None:
                self.model.reserve_ends(number)

    def _refunds(self) -> None:
        for row in db.session.scalars(select(RefundRow).order_by(RefundRow.id)).all():
            before = self._changed("refund", row.number, row.state)
            if before is None:
                continue
            lines = {part["line_id"]: part["quantity"] for part in row.lines}
            if row.number not in self.model.refunds:
                order = self._order_of(row)
                if row.cause == "charged_back":
                    self.model.refunds[row.number] = self.disputes.loss_undone(row.number, order)
                    continue
                refund = Refund(order, self._refund_amount(row, order, lines), lines)
                refund.asked = False
                if refund.amount != row.amount:
                    raise Wrong(f"{row.number} is worth {refund.amount}, not {row.amount}")
                self.model.refunds[row.number] = refund
            refund = self.model.refunds[row.number]
            if row.state == "rejected":
                refund.asked = True
            elif row.state != "opened" and not refund.asked:
                refund.amount = min(refund.amount, refund.order.left) or refund.amount
                self.model.given_back(row.number, refund)

    def _order_of(self, row: RefundRow) -> Order:
        return self.model.orders[db.session.get_one(OrderRow, row.order_id).number]

    def _refund_amount(self, row: RefundRow, order: Order, lines: dict[int, int]) -> int:
        if row.key:
            return self.asked[row.key]
        if row.state != "opened":  # of a canceled order: everything
            return order.left
        return self.model.worth(order, lines, row.cause)

    def _withheld(self) -> None:
        """Out of a seller's balance for what is owed or disputed, in the order it happened."""
        kinds = ("debt.offset", "dispute.frozen")
        rows = select(journals.c.idempotency_key, journals.c.ref).where(journals.c.kind.in_(kinds))
        for key, ref in db.session.execute(rows.order_by(journals.c.id)).all():
            if self._changed("withheld", key, "done") is None:
                continue
            if key.startswith("dispute:"):
                _, number, _, order, _ = key.split(":")
                self.disputes.freeze_more(number, order)
            else:
                self.model.offset(int(ref.partition(":")[2]))

    def _disputes(self) -> None:
        """Opened and decided, as the fake bank's own calendar says which came first."""
        found = []
        rows = select(DisputeRow).where(DisputeRow.withdrawn > 0)
        for row in db.session.scalars(rows.order_by(DisputeRow.id)).all():
            opens, closes = calendar_of(row.dispute_id)
            if self._changed("dispute opened", row.number, "yes") is not None:
                found.append((opens, 0, row))
                closes = opens
            if row.closed_at and self._changed("dispute", row.number, row.state) is not None:
                found.append((closes, 1, row))
        for _, closed, row in sorted(found, key=lambda each: each[:2]):
            if closed:
                self._decided(row)
                continue
            purpose = db.session.get_one(Payment, row.payment_id).purpose
            checkout = self.model.checkouts[purpose.partition(":")[2]]
            for order in self.disputes.opened(row.number, checkout):
                self.seen["withheld", f"dispute:{row.number}:frozen:{order.number}:0"] = "done"

    def _decided(self, row: DisputeRow) -> None:
        if row.state == "won":
            self.disputes.won(row.number)
            return
        case = select(DisputeCase.id).where(DisputeCase.number == row.number).scalar_subquery()
        shares = select(DisputeShare.order_number, DisputeShare.borne_by, DisputeShare.order_id)
        bearers, lines = {}, {}
        for number, who, order_id in db.session.execute(shares.where(DisputeShare.case_id == case)):
            bearers[number] = who
            mine = select(RefundRow).where(
                RefundRow.order_id == order_id, RefundRow.cause == "charged_back"
            )
            for refund in db.session.scalars(mine).all():
                if refund.number in self.model.refunds or who != "seller":
                    continue
                lines[number] = {part["line_id"]: part["quantity"] for part in refund.lines}
                order = self.model.orders[number]
                self.model.refunds[refund.number] = Refund(order, refund.amount, lines[number])
        self.disputes.lost(row.number, bearers, lines)

    def _payouts(self) -> None:
        sellers = select(PayoutRow.number, PayoutRow.seller_id, PayoutRow.key, PayoutRow.amount)
        for number, owner, key, amount in db.session.execute(sellers.order_by(PayoutRow.id)).all():
            self._payout(number, f"seller_payable:{owner}", key, amount)
        people = select(
            Withdrawal.number, Withdrawal.person_id, Withdrawal.key, Withdrawal.amount
        ).order_by(Withdrawal.id)
        for number, owner, key, amount in db.session.execute(people).all():
            self._payout(number, f"wallet:{owner}", key, amount)

    def _payout(self, number: str, source: str, key: str, told: int) -> None:
        if number in self.model.payouts:
            return
        amount = self.asked[key] if key in self.asked else self.model.free(source)
        if amount != told:
            raise Wrong(f"{number} is {told}, not {amount}")
        self.model.payout_asked(number, source, amount)

    def _ops(self, ops: Any) -> None:
        for op in ops:
            if op.kind not in ("refund", "payout"):
                continue
            before = self._changed(op.kind, op.id, op.state)
            if before is None:
                continue
            if op.kind == "refund":
                self._refund_op(op, before)
            elif op.state in ("processing", "succeeded", "refused", "failed"):
                step = {"processing": "sent", "succeeded": "paid"}.get(op.state, "back")
                self.model.payout_goes(op.ref, step)

    def _refund_op(self, op: Any, before: str) -> None:
        late = self.model.checkouts.get(op.ref.removeprefix("R-"))
        refund = self.model.refunds.get(op.ref)
        amount = late.late if late else refund.to_card
        purpose = db.session.get_one(Payment, op.payment_id).purpose
        refused = op.state in ("refused", "failed")
        if not before:
            self.model.given[purpose] += amount
            if late:
                self.model.late_goes_back(late, back=False)
        if op.state == "succeeded":
            self.model.refund_arrived(op.ref, purpose, amount, undone=False)
        elif before == "succeeded":
            self.model.refund_arrived(op.ref, purpose, amount, undone=True)
        if refund:
            refund.failed = refused
        if refused:
            self.model.given[purpose] -= amount
            if late:
                self.model.late_goes_back(late, back=True)


def calendar_of(dispute_id: str) -> tuple[Any, Any]:
    """When the fake bank takes the money, and when it decides."""
    query = select(at_the_bank).where(at_the_bank.c.id == dispute_id)
    with bank_engine().connect() as bank:
        row = bank.execute(query).one()
    return row.opens_at, row.decides_at or row.until


def in_the_book() -> tuple[dict[str, int], dict[str, int]]:
    """Debits less credits of every account by its name, posted and pending; shards as one."""
    table, posted, pending = accounts.c, {}, {}
    for row in db.session.execute(select(*table)).all():
        name = row.path.split(":", 1)[1]
        kind = name.partition(":")[0]
        name = kind if kind in ("commission", "loan_interest_income") else name
        # no loan of the model is ever lost: what is set aside and its cost are the same
        name = "expected_losses" if kind in ("loss_allowance", "credit_loss") else name
        posted[name] = posted.get(name, 0) + row.debits_posted - row.credits_posted
        pending[name] = pending.get(name, 0) + row.debits_pending - row.credits_pending
    return posted, pending


def put_on_shelf(news: News, product: Product, price: int, category: str) -> Product:
    """The model hears what a product costs from whoever puts it there."""
    news.products[product.id] = (price, category)
    return product
