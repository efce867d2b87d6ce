"""What every balance must be: whole numbers and rules of its own, nothing of the mall's code.

The model hears what was asked and what became of it, never an amount that the mall reckoned, and
reckons each amount itself. `net` is debits less credits of an account, `pending` the same of holds.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

MILLION = 1_000_000
FEE_PPM = 6_000  # what the card processor keeps
CEILING_PPM = 350_000  # the most that is held back of a release
SELLER_FAULTS = ("not_as_described", "wrong_item", "damaged", "late", "no_stock", "charged_back")
MALL_FAULTS = ("not_received", "goodwill")


class Wrong(AssertionError):
    """The mall did what the model says it must not."""


def nearest(over: int, under: int) -> int:
    """`over / under` to the nearest whole number, halves up; both at least 0."""
    return (2 * over + under) // (2 * under)


def spread(amount: int, weights: list[int]) -> list[int]:
    """`amount` in proportion: floors first, then one each to the largest remainders."""
    whole = sum(weights)
    parts = [amount * weight // whole for weight in weights]
    rest = [amount * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-rest[i], i))
    for i in order[: amount - sum(parts)]:
        parts[i] += 1
    return parts


def clearing_of(way: str) -> str:
    """Where money of this way arrives first."""
    return "clearing:bank" if way == "bank_transfer" else "clearing:sandbox"


@dataclass
class Line:
    quantity: int
    price: int
    ppm: int
    returned: int = 0


@dataclass
class Order:
    number: str
    buyer: int
    seller: int
    shipping: int
    lines: dict[int, Line]
    paid: list[list] = field(default_factory=list)  # [way, what it still holds], in order of paying
    state: str = "placed"
    refunded: int = 0
    disputed: int = 0
    mall_bore: int = 0
    loan: str = ""
    released: bool = False
    kept: tuple[int, int] = (0, 0)  # commission and tax, once released

    @property
    def total(self) -> int:
        return sum(line.quantity * line.price for line in self.lines.values()) + self.shipping

    @property
    def left(self) -> int:
        return self.total - self.refunded - self.disputed - self.mall_bore


@dataclass
class Checkout:
    number: str
    buyer: int
    way: str
    wallet: int
    orders: list[Order] = field(default_factory=list)
    hold: bool = False
    late: int = 0


@dataclass
class Refund:
    order: Order
    amount: int
    lines: dict[int, int]
    to_card: int = 0
    asked: bool = True
    failed: bool = False


@dataclass
class Payout:
    source: str
    amount: int
    step: str = "held"  # held, sent, paid, back


class Model:
    """Accounts, and what stands behind them."""

    def __init__(self) -> None:
        self.net: dict[str, int] = defaultdict(int)
        self.pending: dict[str, int] = defaultdict(int)
        self.rates: dict[tuple[int, str], int] = {}  # (seller, category), in millionths
        self.taxes: dict[int, tuple[str, int]] = {}  # seller: where, in millionths of commission
        self.reserve_ppm: dict[int, int] = {}
        self.checkouts: dict[str, Checkout] = {}
        self.orders: dict[str, Order] = {}
        self.refunds: dict[str, Refund] = {}
        self.payouts: dict[str, Payout] = {}
        self.reserves: dict[str, tuple[int, int]] = {}
        self.top_ups: dict[str, tuple[int, int]] = {}
        self.charged: dict[str, int] = defaultdict(int)  # by purpose
        self.given: dict[str, int] = defaultdict(int)  # refunds asked of it and not refused
        self.arrived: dict[str, int] = defaultdict(int)  # of these, the ones that left
        self.claims: Callable[[int, int], int] = lambda seller, left: 0

    # the book

    def move(self, debit: str, credit: str, amount: int) -> None:
        if amount < 0:
            raise Wrong(f"{amount} from {debit} to {credit}")
        self.net[debit] += amount
        self.net[credit] -= amount

    def hold(self, debit: str, credit: str, amount: int) -> None:
        """Set aside; a negative amount frees it again."""
        self.pending[debit] += amount
        self.pending[credit] -= amount

    def owes(self, account: str) -> int:
        """What stands on an account that grows by credits."""
        return -self.net[account]

    def free(self, account: str) -> int:
        """The same with what is set aside taken off."""
        return -self.net[account] - self.pending[account]

    # buying

    def placed(self, checkout: Checkout) -> None:
        """Orders are written down; what the balance pays is set aside, each order's share of it."""
        self.checkouts[checkout.number] = checkout
        totals = [order.total for order in checkout.orders]
        first = sum(totals) if checkout.way == "wallet" else checkout.wallet
        for order, share in zip(checkout.orders, spread(first, totals), strict=True):
            self.orders[order.number] = order
            order.paid = [["wallet", share], [checkout.way, order.total - share]]
            order.paid = [part for part in order.paid if part[1]]
        self._hold_balance(checkout, 1)

    def _hold_balance(self, checkout: Checkout, sign: int) -> None:
        checkout.hold = sign > 0
        for order in checkout.orders:
            for way, share in order.paid:
                if way == "wallet":
                    self.hold(f"wallet:{order.buyer}", f"escrow:{order.number}", sign * share)

    def given_up(self, checkout: Checkout) -> None:
        if checkout.hold:
            self._hold_balance(checkout, -1)

    def bought(self, checkout: Checkout) -> None:
        """All of it is paid: every part reaches escrow (a charge has come to clearing)."""
        if checkout.hold:
            self._hold_balance(checkout, -1)
        for order in checkout.orders:
            for way, share in order.paid:
                self.move(self._from(way, order), f"escrow:{order.number}", share)

    def _from(self, way: str, order: Order) -> str:
        if way == "wallet":
            return f"wallet:{order.buyer}"
        if way == "cash_on_delivery":
            return f"due_at_door:{order.number}"
        return f"loan_principal:{order.loan}" if way == "pay_later" else clearing_of(way)

    def rest_of(self, checkout: Checkout) -> int:
        """What the way beside the balance pays of a checkout."""
        return sum(s for order in checkout.orders for way, s in order.paid if way != "wallet")

    def charge_fee(self, purpose: str, amount: int) -> None:
        self.charged[purpose] = amount
        self.move("gateway_fee", "clearing:sandbox", nearest(amount * FEE_PPM, MILLION))

    def transferred(self, amount: int) -> None:
        """A line of our bank's statement is what was waited for."""
        self.move("bank", "clearing:bank", amount)

    def came_too_late(self, checkout: Checkout, amount: int) -> None:
        """A charge for what is not wanted any more: the payer's balance has it."""
        checkout.late = amount
        self.move(clearing_of(checkout.way), f"wallet:{checkout.buyer}", amount)

    def late_goes_back(self, checkout: Checkout, back: bool) -> None:
        """Out of the balance to the card, or (`back`) into the balance since the card refused."""
        wallet, promised = f"wallet:{checkout.buyer}", f"refund_payable:R-{checkout.number}"
        self.move(*((promised, wallet) if back else (wallet, promised)), checkout.late)

    def topped_up(self, number: str) -> None:
        person, amount = self.top_ups[number]
        self.move("clearing:sandbox", f"wallet:{person}", amount)
        self.charge_fee(f"wallet:{number}", amount)

    # the order's way

    def collected(self, order: Order) -> None:
        """The courier has in hand what was due at the door."""
        due = self.net[f"due_at_door:{order.number}"]
        self.move("cash_with_courier:mall-courier", f"due_at_door:{order.number}", due)

    def fees(self, order: Order, more: int = 0) -> tuple[int, int]:
        """Commission on what is left of the order (less `more`), and the tax on it."""
        rows = order.lines.values()
        goods = sum(row.quantity * row.price for row in rows)
        by_rate = sum(row.quantity * row.price * row.ppm for row in rows)
        back = sum(row.returned * row.price for row in rows)
        of_back = sum(row.returned * row.price * row.ppm for row in rows)
        # everything over the common denominator goods: by_rate × total / goods is the whole
        whole, of_back = by_rate * order.total, of_back * goods
        gone = order.refunded + more
        if gone <= back:
            over = whole * back - of_back * gone if back else whole
            under = back or 1
        else:
            over, under = (whole - of_back) * (order.total - gone), order.total - back
        commission = nearest(over, under * goods * MILLION)
        return commission, nearest(commission * self.taxes[order.seller][1], MILLION)

    def received(self, order: Order) -> None:
        """Escrow is divided: fees, what the seller owes, reserve, balance."""
        order.released = True
        gross, escrow = order.total - order.refunded, f"escrow:{order.number}"
        if not gross:
            return
        payable, owed = f"seller_payable:{order.seller}", f"seller_receivable:{order.seller}"
        commission, tax = order.kept = self.fees(order)
        due = min(self.net[owed], gross - commission - tax)
        self.move(escrow, payable, gross - commission - tax)
        self.move(escrow, "commission", commission)
        self.move(escrow, f"tax_payable:{self.taxes[order.seller][0]}", tax)
        self.move(payable, owed, due)
        net = gross - commission - tax - due
        claimed = self.claims(order.seller, net)
        self.move(payable, f"seller_reserve:{order.seller}", claimed)
        left = net - claimed
        kept = nearest(net * self.reserve_ppm.get(order.seller, 0), MILLION)
        kept = min(kept, left, left * CEILING_PPM // MILLION)
        if kept:
            self.reserves[order.number] = (order.seller, kept)
            self.move(payable, f"seller_reserve:{order.seller}", kept)

    def reserve_ends(self, number: str) -> None:
        seller, amount = self.reserves.pop(number)
        due = min(amount, self.net[f"seller_receivable:{seller}"])
        self.move(f"seller_reserve:{seller}", f"seller_receivable:{seller}", due)
        self.move(f"seller_reserve:{seller}", f"seller_payable:{seller}", amount - due)

    # giving back

    def worth(self, order: Order, lines: dict[int, int], cause: str) -> int:
        """The price of the units; with the shipping when all go and it is not the buyer's doing."""
        waiting = [r.lines for r in self.refunds.values() if r.order is order and not r.asked]
        goods = sum(order.lines[line].price * count for line, count in lines.items())
        everything = all(
            row.quantity - row.returned - sum(w.get(line, 0) for w in waiting) == lines.get(line, 0)
            for line, row in order.lines.items()
        )
        others = cause in SELLER_FAULTS or cause in MALL_FAULTS
        return min(order.left, goods + order.shipping if everything and others else goods)

    def given_back(self, number: str, refund: Refund) -> None:
        """A refund is accepted: out of escrow or from the mall and the seller, to who had paid."""
        order, amount, promised = refund.order, refund.amount, f"refund_payable:{number}"
        if amount > order.left:
            raise Wrong(f"{number} gives {amount} back of {order.left}")
        order.refunded += amount
        for line, count in refund.lines.items():
            order.lines[line].returned += count
        self.refunds[number] = refund
        refund.asked = True
        if order.released:
            self._from_mall_and_seller(order, amount, promised)
        else:
            self.move(f"escrow:{order.number}", promised, amount)
        for part in reversed(order.paid):
            cut = min(amount, part[1])
            part[1] -= cut
            amount -= cut
            self._to_payer(order, refund, promised, part[0], cut)

    def _from_mall_and_seller(self, order: Order, amount: int, promised: str) -> None:
        self.from_seller(order.seller, amount - self.take_fees_back(order, promised), promised)

    def fees_back(self, order: Order, more: int = 0) -> tuple[int, int]:
        """What the mall would give back of commission and tax if `more` were refunded."""
        stays = self.fees(order, more)
        return max(0, order.kept[0] - stays[0]), max(0, order.kept[1] - stays[1])

    def take_fees_back(self, order: Order, to: str) -> int:
        """Commission and tax that a refund takes with it; gives both together."""
        commission, tax = self.fees_back(order)
        order.kept = (order.kept[0] - commission, order.kept[1] - tax)
        self.move("commission", to, commission)
        self.move(f"tax_payable:{self.taxes[order.seller][0]}", to, tax)
        return commission + tax

    def from_seller(self, seller: int, amount: int, to: str) -> None:
        """Out of the balance as far as it goes; the rest is owed."""
        there = min(amount, self.free(f"seller_payable:{seller}"))
        self.move(f"seller_payable:{seller}", to, there)
        self.move(f"seller_receivable:{seller}", to, amount - there)

    def _to_payer(self, order: Order, refund: Refund, promised: str, way: str, cut: int) -> None:
        if way in ("card", "bank_transfer"):
            refund.to_card += cut
            return
        if way == "pay_later":
            self.move(promised, f"loan_principal:{order.loan}", cut)
            return
        door = f"due_at_door:{order.number}"
        at_door = min(cut, self.net[door]) if way == "cash_on_delivery" else 0
        self.move(promised, door, at_door)
        self.move(promised, f"wallet:{order.buyer}", cut - at_door)

    def refund_arrived(self, number: str, purpose: str, amount: int, undone: bool) -> None:
        """It left for the card, or (`undone`) came back after all."""
        sides = (f"refund_payable:{number}", "clearing:sandbox")
        self.move(*(reversed(sides) if undone else sides), amount)
        self.arrived[purpose] += -amount if undone else amount

    # paying out

    def offset(self, seller: int) -> None:
        """What the seller owes is taken out of the balance."""
        payable, owed = f"seller_payable:{seller}", f"seller_receivable:{seller}"
        self.move(payable, owed, min(self.net[owed], self.free(payable)))

    def payout_asked(self, number: str, source: str, amount: int) -> None:
        if amount > self.free(source):
            raise Wrong(f"{number} takes {amount} of {self.free(source)}")
        self.payouts[number] = Payout(source, amount)
        self.hold(source, f"payout_in_flight:{number}", amount)

    def payout_goes(self, number: str, step: str) -> None:
        """On to `sent`, `paid` or `back`, whatever lies between."""
        payout, flying = self.payouts[number], f"payout_in_flight:{number}"
        here, payout.step = payout.step, step
        if here == step:
            return
        if here == "held":
            self.hold(payout.source, flying, -payout.amount)
            if step == "back":
                return
            self.move(payout.source, flying, payout.amount)
        if step == "paid":
            self.move(flying, "clearing:sandbox", payout.amount)
        elif step == "back":
            other = "clearing:sandbox" if here == "paid" else flying
            self.move(other, payout.source, payout.amount)
