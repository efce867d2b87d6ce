"""Which rows stand behind the journals of advances; SQL for `ledger.causes`."""

from ledger.causes import Cause, cause

# a flat fee that is to come, which is what lies in the book of it
TO_COME = """
  case a.product when 'early_settlement' then case a.state when 'active' then a.fee else 0 end
                 when 'sales_share' then a.fee_charged - a.fee_paid - a.fee_forgiven else 0 end
  = coalesce((select k.credits_posted - k.debits_posted from ledger_account k
               where k.path = '2500:unearned_fee:' || a.number and k.currency = a.currency), 0)"""
UNEARNED = cause(
    "advance a", f"a.number = {{number}} and {TO_COME}", unearned_fee=("a.number", None)
)
_PAID = "remittance r join advance a on a.id = r.advance_id join seller s on s.id = a.seller_id"
_OF_BALANCE = "case r.source when 'balance' then r.back - r.principal - r.fee else 0 end"


def remitted(when: str) -> tuple[Cause, ...]:
    """A payment written down: what it says left the balance, or the owner's wallet.

    when   of the remittance `r`, with parts of the journal's key
    """
    paid = cause(
        _PAID,
        f"a.number = {{number}} and {when}",
        currency="a.currency",
        seller_payable=("a.seller_id", _OF_BALANCE),
        wallet=("s.owner_id", "case r.source when 'wallet' then - r.principal - r.fee else 0 end"),
    )
    return (UNEARNED, paid)


RECOVERED = cause(
    "advance_event e join advance a on a.id = e.advance_id",
    "a.number = {number} and e.kind = 'recovered' and e.data->>'entry' = {entry}",
    currency="a.currency",
    seller_payable=("a.seller_id", "-e.amount"),
)
