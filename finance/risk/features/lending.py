"""What the lender's own book publishes for features: contracts, plans, suspected orders.

What must be current to the second (limits used, pledges, holds) is a lock and not among them.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Date,
    Select,
    cast,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.sql.selectable import CompoundSelect

from finance.capital.models import Advance, AdvanceEvent, Pledge, Remittance
from finance.capital.terms import SALES_SHARE
from finance.loans.models import Installment, Loan, LoanEvent
from finance.loans.rules import LoanState, RowState
from finance.risk.fraud.models import SuspectOrder
from finance.risk.models import Decision
from mall.facts import published
from mall.facts.published.shaping import day_of, flag, row, start_of

contracts = published.relation(
    "fact_contract_events",
    "Of sellers' advances. `kind`: asked (a sales share), opened, closed (`days_late` the worst "
    "it was, `good` 1 when repaid), missed (a minimum), pledged (a line), recourse (lines had to "
    "be paid back by the shop), refused (a card, what fell due), repaid (`amount`, from "
    "wherever), taken (`amount` from releases, without what was tied to their "
    "own orders).",
    "contract_id seller_id amount days_late good",
    "kind product",
)
minimums = published.relation(
    "fact_contract_minimums",
    "What must be repaid of a sales share by `due_day`, in all; known when it began (one that was "
    "changed shows its steps of now).",
    "contract_id seller_id due_day amount",
)
plans = published.relation(
    "fact_plan_events",
    "Of shoppers' plans. `kind`: opened, closed (`good` 1 when paid), waived (a late fee).",
    "loan_id buyer_id amount good",
    "kind product",
)
plan_rows = published.relation(
    "fact_plan_rows",
    "Payments of plans. `kind`: planned (known when the plan's clock began; one that was moved "
    "shows its day of now) or paid. `amount` is due on `due_day`.",
    "row_id loan_id buyer_id due_day amount",
    "kind",
)
suspects = published.relation(
    "fact_suspect_orders",
    "An order was suspected of being fake (suspected), or was proved to be none (cleared).",
    "order_id seller_id",
    "kind",
)


def contract_events() -> CompoundSelect[Any]:
    a, asked, taken = Advance, Decision, Remittance
    late = {"days_late": a.days_late_max, "good": flag(a.state == "repaid")}
    paid = taken.principal + taken.fee
    return union_all(
        _contract("asked", asked.created_at, asked.subject_id, asked.product).where(
            asked.subject == "seller", asked.product == SALES_SHARE
        ),
        _contract("opened", start_of(a.began_on), a.seller_id, a.product, amount=a.principal),
        _contract("closed", start_of(a.closed_on), a.seller_id, a.product, **late).where(
            a.closed_on.is_not(None)
        ),
        _happened("missed", "minimum_missed"),
        _happened("recourse", "recourse"),
        _happened("refused", "card_refused"),
        _contract("pledged", Pledge.created_at, Pledge.seller_id, a.product).join(
            a, a.id == Pledge.advance_id
        ),
        _contract("taken", start_of(taken.on), taken.seller_id, a.product, amount=paid)
        .join(a, a.id == taken.advance_id)
        .where(~taken.tied, taken.order_number != ""),
        _contract("repaid", start_of(taken.on), taken.seller_id, a.product, amount=paid).join(
            a, a.id == taken.advance_id
        ),
    )


def _happened(kind: str, said: str) -> Select[Any]:
    a, event = Advance, AdvanceEvent
    found = _contract(kind, start_of(event.on), a.seller_id, a.product)
    return found.join(a, a.id == event.advance_id).where(event.kind == said)


def contract_minimums() -> Select[Any]:
    a = Advance
    each = func.jsonb_array_elements(a.minimums).column_valued("step")
    due, amount = (each.op("->>")(literal_column(place)) for place in ("0", "1"))
    named: dict[str, Any] = {"contract_id": a.id, "seller_id": a.seller_id}
    named |= {"due_day": day_of(cast(due, Date)), "amount": cast(amount, BigInteger)}
    return select(*row(minimums, start_of(a.began_on), **named))


def _contract(kind: str, at: Any, seller: Any, product: Any, **more: Any) -> Select[Any]:
    named = {"seller_id": seller, "product": product, "kind": literal(kind)}
    named |= {} if kind == "asked" else {"contract_id": Advance.id}
    return select(*row(contracts, at, **named, **more))


def plan_events() -> CompoundSelect[Any]:
    paid = flag(Loan.state == LoanState.PAID)
    waived = _plan("waived", start_of(LoanEvent.on)).join(LoanEvent, LoanEvent.loan_id == Loan.id)
    return union_all(
        _plan("opened", start_of(Loan.began_on), amount=Loan.principal),
        _plan("closed", start_of(Loan.closed_on), good=paid).where(Loan.closed_on.is_not(None)),
        waived.where(LoanEvent.kind == "waived"),
    )


def _plan(kind: str, at: Any, **more: Any) -> Select[Any]:
    named = {"loan_id": Loan.id, "buyer_id": Loan.borrower_id, "product": Loan.product}
    return select(*row(plans, at, kind=literal(kind), **named, **more))


def plan_payments() -> CompoundSelect[Any]:
    due = Installment.principal + Installment.fee > 0
    return union_all(
        _payment("planned", start_of(Loan.starts_on)).where(Loan.starts_on.is_not(None), due),
        _payment("paid", start_of(Installment.paid_on)).where(
            Loan.starts_on.is_not(None), Installment.paid_on.is_not(None), due
        ),
    )


def _payment(kind: str, at: Any) -> Select[Any]:
    shown = row(
        plan_rows,
        at,
        row_id=Installment.id,
        loan_id=Loan.id,
        buyer_id=Loan.borrower_id,
        due_day=day_of(Installment.due_on),
        amount=Installment.principal + Installment.fee,
        kind=literal(kind),
    )
    found = select(*shown).join(Loan, Loan.id == Installment.loan_id)
    return found.where(Installment.state != RowState.VOID)


def suspect_orders() -> CompoundSelect[Any]:
    return union_all(
        _suspect("suspected", SuspectOrder.created_at),
        _suspect("cleared", SuspectOrder.cleared_at).where(SuspectOrder.cleared_at.is_not(None)),
    )


def _suspect(kind: str, at: Any) -> Select[Any]:
    named = {"order_id": SuspectOrder.order_id, "seller_id": SuspectOrder.seller_id}
    return select(*row(suspects, at, kind=literal(kind), **named))


published.SOURCES |= {
    "fact_contract_events": contract_events,
    "fact_contract_minimums": contract_minimums,
    "fact_plan_events": plan_events,
    "fact_plan_rows": plan_payments,
    "fact_suspect_orders": suspect_orders,
}
