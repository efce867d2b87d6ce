"""What must always hold between balances, what is held of them, and the book."""

WITHDRAWALS_ARE_IN_THE_BOOK = """
select w.number, w.state, w.amount, coalesce(a.credits_posted, 0) as came,
       coalesce(a.debits_posted, 0) as went, coalesce(a.credits_pending, 0) as held
from wallet_withdrawal w
left join ledger_account a on a.path = '2130:payout_in_flight:' || w.number
  and a.currency = w.currency
where coalesce(a.credits_posted, 0) - coalesce(a.debits_posted, 0)
        <> case w.state when 'sent' then w.amount else 0 end
   or coalesce(a.credits_pending, 0) <> case w.state when 'requested' then w.amount else 0 end
"""

TOP_UPS_ARE_PAYMENTS = """
select t.number, t.state, t.amount, p.captured_minor
from wallet_top_up t left join payment p on p.id = t.payment_id and p.purpose = 'wallet:' || t.number
where p.id is null or (t.state = 'paid') <> (p.captured_minor > 0)
   or (t.state = 'paid' and p.captured_minor <> t.amount)
"""

HELD_IS_UNDER_WAY = """
select a.path, a.debits_pending, coalesce(w.held, 0) as held
from ledger_account a
left join (
  select person_id, sum(amount) as held from (
    select person_id, amount from wallet_withdrawal where state = 'requested'
    union all
    select c.buyer_id, p.amount from checkout_part p join checkout c on c.id = p.checkout_id
    where p.method = 'wallet' and p.state = 'held'
    union all
    select t.person_id, h.amount from wallet_top_up t
    join dispute d on d.payment_id = t.payment_id and d.closed_at is null
    join ledger_journal j on j.ref = d.number and j.kind = 'wallet.disputed'
    join ledger_transfer h on h.journal_id = j.id) x
  group by person_id) w on a.path = '2200:wallet:' || w.person_id
where a.code = 2200 and a.debits_pending <> coalesce(w.held, 0)
"""

# invariant 20, from the balances' side: what left them for goods is what their parts have paid
SPENT_IS_PAID = """
select c.number, p.amount, coalesce(b.moved, 0) as moved
from checkout_part p join checkout c on c.id = p.checkout_id
left join (select j.ref, sum(t.amount) as moved
           from ledger_transfer t join ledger_journal j on j.id = t.journal_id
           join ledger_account d on d.id = t.debit_account_id and d.code = 2200
           join ledger_account e on e.id = t.credit_account_id and e.code = 2100
           where t.state in ('posted', 'settled') group by j.ref) b
  on b.ref = 'checkout:' || c.number
where p.method = 'wallet'
  and coalesce(b.moved, 0) <> case p.state when 'paid' then p.amount else 0 end
"""

INVARIANTS: dict[str, str] = {
    "a withdrawal is held, on its way, gone or back as its state says": WITHDRAWALS_ARE_IN_THE_BOOK,
    "a top-up is paid exactly when its payment is": TOP_UPS_ARE_PAYMENTS,
    "what is held of a balance is under way": HELD_IS_UNDER_WAY,
    "what left a balance for goods is what it paid of them": SPENT_IS_PAID,
}
