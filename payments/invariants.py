"""What must hold of payments at any time; asked by `flask ledger audit` (`ledger.md`, 15 to 19)."""

from ledger import audit

COUNTERS = """
    select purpose from payment
    where captured_minor > authorized_minor
       or refunded_minor + disputed_lost_minor > captured_minor
       or least(authorized_minor, captured_minor, refunded_minor, disputed_lost_minor) < 0
       or (state = 'succeeded') <> (captured_minor > 0)
"""
REFUNDS = """
    select p.purpose from payment p
    where p.refunded_minor <> coalesce(
        (select sum(o.amount) from gateway_op o
         where o.payment_id = p.id and o.kind = 'refund' and o.live), 0)
"""
GATEWAY_IDS = """
    select gateway || ' ' || object_id from (
        select gateway, object_id from gateway_op where object_id is not null
        union all
        select p.gateway, p.charge_id from payment p
        where p.charge_id is not null and not exists (
            select from gateway_op o
            where o.payment_id = p.id and o.kind = 'charge' and o.object_id = p.charge_id)
    ) known group by gateway, object_id having count(*) > 1
"""
# A succeeded operation posted exactly one journal; a refused one none besides hold and void.
JOURNALS = """
    select o.kind || ' ' || o.ref from gateway_op o
    left join ledger_journal j on j.idempotency_key = o.journal_key
    where (o.state = 'succeeded' and j.id is null and o.kind not in ('cancel', 'evidence')
           and coalesce(o.params->>'account', '') = '')
       or (o.state = 'failed' and j.id is null and o.kind not in ('payout', 'platform'))
       or (o.state not in ('succeeded', 'failed') and o.journal_key <> ''
           and not (o.kind = 'platform' and o.state = 'processing'))
"""
# Every success has its object at the gateway; what it says of itself is for the reconciliation.
OBJECTS = """
    select o.kind || ' ' || o.ref from gateway_op o
    left join payment p on p.id = o.payment_id
    where o.state in ('succeeded', 'failed')
      and o.kind in ('charge', 'refund', 'payout', 'reversal', 'platform')
      and o.object_id is null and (o.kind <> 'charge' or p.charge_id is null)
"""
# What was pulled back of a payout is what its reversals count.
REVERSALS = """
    select o.ref from gateway_op o
    where o.kind = 'payout' and o.live and o.reversed_minor <> coalesce(
        (select sum(r.amount) from gateway_op r
         where r.kind = 'reversal' and r.ref = o.ref and r.live), 0)
"""
# What was sent to sellers out of a charge is what its payouts are.
SENT = """
    select p.purpose from payment p
    where p.sent_minor <> coalesce(
        (select sum(o.amount) from gateway_op o
         where o.payment_id = p.id and o.kind = 'payout' and o.state <> 'refused'), 0)
       or p.sent_minor > p.captured_minor
"""
STUCK = """
    select o.kind || ' ' || o.ref || ' ' || o.state from gateway_op o
    where (o.state = 'sending' and o.lease_until < cast(:now as timestamptz) - interval '1 hour')
       or (o.state in ('unknown', 'sending')
           and o.first_sent_at < cast(:now as timestamptz) - interval '24 hours')
       or (o.state = 'intended'
           and o.created_at < cast(:now as timestamptz) - interval '24 hours')
    union all
    select 'notice ' || event_id from gateway_event
    where applied_at is null and received_at < cast(:now as timestamptz) - interval '24 hours'
"""

CHECKS = {
    "payments: authorized ≥ captured ≥ given back, none below zero": COUNTERS,
    "payments: refunds under way and done are what the payment counts": REFUNDS,
    "payments: each id of the gateway belongs to one operation": GATEWAY_IDS,
    "payments: every operation that succeeded posted its journal, no other did": JOURNALS,
    "payments: every success names its object at the gateway": OBJECTS,
    "payments: what was pulled back of a payout is what its reversals count": REVERSALS,
    "payments: what was sent out of a charge is what its payouts count": SENT,
    "payments: nothing is stuck under way or unknown for over a day": STUCK,
}


def plug() -> None:
    """Let the audit of the book ask these too."""
    for name, query in CHECKS.items():
        audit.add(name, query)
