"""What must hold of disputes at any time (`ledger.md`, 15 and 26); asked by `flask ledger audit`."""

from ledger import audit

FUNDS = """
    select d.number from dispute d
    left join ledger_account a
      on a.path = '1510:disputed_funds:' || d.number and a.currency = d.currency
    where d.withdrawn - d.reinstated - d.lost
          <> coalesce(a.debits_posted - a.credits_posted, 0)
"""
COUNTED = """
    select p.purpose from payment p
    left join (select payment_id,
                 sum(counted) filter (where closed_at is null) as open,
                 sum(counted) filter (where closed_at is not null) as lost
               from dispute group by payment_id) d on d.payment_id = p.id
    where p.disputed_open_minor <> coalesce(d.open, 0)
       or p.disputed_lost_minor <> coalesce(d.lost, 0)
"""
ENDED = """
    select d.number || ' ' || d.state from dispute d
    where d.closed_at is not null and d.state not in ('won', 'lost', 'closed_warning')
       or d.closed_at is not null and d.state = 'lost' and d.lost = 0
       or d.state = 'closed_warning' and d.withdrawn > d.reinstated
"""

CHECKS = {
    "disputes: taken less given back is disputed funds and losses": FUNDS,
    "disputes: a payment counts what is disputed and what was lost of it": COUNTED,
    "disputes: an ended one is won, lost or withdrawn": ENDED,
}


def plug() -> None:
    """Let the audit of the book ask these too."""
    for name, query in CHECKS.items():
        audit.add(name, query)
