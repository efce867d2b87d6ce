"""Plans of the model: lent into escrow, fees earned when rows fall due, undone or settled."""

from dataclasses import dataclass, field

from tests.simulation.model import MILLION, Checkout, Model, Order, nearest

MONTHLY_PPM = 5_000  # of what was financed, a month


@dataclass
class Loan:
    borrower: int
    months: int
    lent: int
    orders: list[Order] = field(default_factory=list)
    touched: bool = False  # a fee was earned, or it was paid off


class Loans:
    """Every plan by its number."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.all: dict[str, Loan] = {}

    def lent(self, number: str, months: int, checkout: Checkout) -> None:
        """The way `pay_later` of these orders means this plan (`Model.bought` moves the money)."""
        lent = sum(s for order in checkout.orders for way, s in order.paid if way == "pay_later")
        self.all[number] = Loan(checkout.buyer, months, lent, checkout.orders)
        for order in checkout.orders:
            order.loan = number

    def fell_due(self, number: str, row: int) -> None:
        """A row's fee is earned: an equal part of all fees, the last row takes what is left over."""
        loan = self.all[number]
        loan.touched = True
        owed = self.model.net[f"loan_principal:{number}"]
        whole = nearest(owed * MONTHLY_PPM * loan.months, MILLION)
        each = nearest(owed * MONTHLY_PPM, MILLION)
        last = whole - each * (loan.months - 1)
        if last < 0:
            fee = whole // loan.months + (row <= whole % loan.months)
        else:
            fee = last if row == loan.months else each
        self.model.move(f"loan_interest:{number}", "loan_interest_income", fee)

    def payoff(self, number: str) -> int:
        """What ends it today: principal and the fees earned so far."""
        return (
            self.model.net[f"loan_principal:{number}"] + self.model.net[f"loan_interest:{number}"]
        )

    def settled(self, number: str, source: str) -> int:
        """Paid off from clearing or a balance; gives how much."""
        self.all[number].touched = True
        paid = self.payoff(number)
        for owed in (f"loan_interest:{number}", f"loan_principal:{number}"):
            self.model.move(source, owed, self.model.net[owed])
        return paid
