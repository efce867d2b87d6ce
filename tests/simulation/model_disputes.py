"""What a card dispute does to the model: taken, withheld from sellers, won or lost."""

from dataclasses import dataclass, field

from tests.simulation.model import Checkout, Model, Order, Refund, Wrong

DISPUTE_FEE = 1_500


@dataclass
class Share:
    """One order's part of a dispute; `wanted` is what its seller would lose, `frozen` is withheld."""

    order: Order
    amount: int
    wanted: int = 0
    frozen: int = 0
    open: bool = True

    @property
    def missing(self) -> int:
        return self.wanted - self.frozen if self.open else 0


@dataclass
class Dispute:
    number: str
    purpose: str
    taken: int
    shares: list[Share] = field(default_factory=list)


class Disputes:
    """Every dispute of the model's world, in the order in which they were opened."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.all: dict[str, Dispute] = {}
        model.claims = self.claims

    def opened(self, number: str, checkout: Checkout) -> list[Order]:
        """The bank takes what the charge still holds; gives the orders for which it froze some."""
        model, purpose = self.model, f"checkout:{checkout.number}"
        taken = model.charged[purpose] - model.arrived[purpose]
        dispute = self.all[number] = Dispute(number, purpose, taken)
        model.move(f"disputed_funds:{number}", "clearing:sandbox", taken)
        model.move("dispute_fee", "clearing:sandbox", DISPUTE_FEE)
        for order in checkout.orders:
            held = sum(part[1] for part in order.paid if part[0] == "card")
            if held:
                share = Share(order, held)
                self._set_apart(order, held)
                if order.released:
                    share.wanted = held - sum(model.fees_back(order, held))
                dispute.shares.append(share)
        frozen = []
        for share in sorted(dispute.shares, key=lambda share: share.order.seller):
            if self.freeze(share):
                frozen.append(share.order)
        return frozen

    def _set_apart(self, order: Order, amount: int) -> None:
        order.disputed += amount
        for part in order.paid:
            if part[0] == "card":
                part[1] -= amount

    def freeze(self, share: Share) -> int:
        """Withhold what is missing, as far as the balance goes."""
        payable = f"seller_payable:{share.order.seller}"
        amount = min(share.missing, max(0, self.model.free(payable)))
        share.frozen += amount
        self.model.move(payable, f"seller_reserve:{share.order.seller}", amount)
        return amount

    def freeze_more(self, number: str, order_number: str) -> None:
        """The mall withheld what had come into the balance since."""
        mine = [s for s in self.all[number].shares if s.order.number == order_number]
        if not mine or not self.freeze(mine[0]):
            raise Wrong(f"nothing was missing of {order_number} for {number}")

    def claims(self, seller: int, left: int) -> int:
        """What open disputes take of a release, before all else."""
        taken = 0
        for share in (share for d in self.all.values() for share in d.shares):
            if share.order.seller == seller:
                amount = min(share.missing, left - taken)
                share.frozen += amount
                taken += amount
        return taken

    def won(self, number: str) -> None:
        dispute = self.all[number]
        self.model.move("clearing:sandbox", f"disputed_funds:{number}", dispute.taken)
        for share in dispute.shares:
            share.order.disputed -= share.amount
            for part in share.order.paid:
                if part[0] == "card":
                    part[1] += share.amount
            self._close(share, 0)

    def _close(self, share: Share, used: int) -> None:
        seller = share.order.seller
        self.model.move(f"seller_reserve:{seller}", f"seller_payable:{seller}", share.frozen - used)
        share.open, share.frozen = False, 0

    def lost(self, number: str, bearers: dict[str, str], lines: dict[str, dict[int, int]]) -> None:
        """Each share is its seller's loss or the mall's, and so is what was given back before.

        bearers   order number → seller or mall
        lines     order number → units that never left the shop
        """
        dispute, funds = self.all[number], f"disputed_funds:{number}"
        borne = 0
        for share in sorted(dispute.shares, key=lambda share: share.order.seller):
            order = share.order
            order.disputed -= share.amount
            if bearers[order.number] == "mall":
                order.mall_bore += share.amount
                self._close(share, 0)
            else:
                borne += share.amount
                self._close(share, self._charge_back(share, funds, lines.get(order.number, {})))
        borne += self._refunds_that_failed(dispute, funds)
        self.model.move("dispute_loss", funds, dispute.taken - borne)

    def _charge_back(self, share: Share, funds: str, lines: dict[int, int]) -> int:
        """The seller bears it; gives how much of what was frozen that used."""
        model, order, amount = self.model, share.order, share.amount
        order.refunded += amount
        for line, count in lines.items():
            order.lines[line].returned += count
        if not order.released:
            model.move(f"escrow:{order.number}", funds, amount)
            return 0
        borne = amount - model.take_fees_back(order, funds)
        used = min(borne, share.frozen)
        model.move(f"seller_reserve:{order.seller}", funds, used)
        model.from_seller(order.seller, borne - used, funds)
        return used

    def _refunds_that_failed(self, dispute: Dispute, funds: str) -> int:
        """The bank has given the shopper what a refund could not: that promise is kept."""
        model, orders = self.model, [share.order for share in dispute.shares]
        alive = model.charged[dispute.purpose] - model.given[dispute.purpose]
        extra = min(dispute.taken, alive) - sum(share.amount for share in dispute.shares)
        taken = 0
        for number, refund in model.refunds.items():
            if refund.failed and refund.order in orders and refund.to_card <= extra - taken:
                model.move(f"refund_payable:{number}", funds, refund.to_card)
                taken, refund.failed = taken + refund.to_card, False
        return taken

    def loss_undone(self, number: str, order: Order) -> Refund:
        """The order is called off: what the mall had lost for it is in its escrow."""
        amount, order.mall_bore = order.mall_bore, 0
        order.refunded += amount
        self.model.move(f"escrow:{order.number}", "dispute_loss", amount)
        return Refund(order, amount, {})
