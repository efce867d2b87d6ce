"""What must always hold between settlements, payouts and the book; each query finds offenders."""

SETTLEMENTS_ADD_UP = """
select order_number, sum(amount) filter (where step = 0) as gross,
       sum(amount) filter (where step > 0) as parts
from settlement_line group by order_number
having sum(amount) filter (where step = 0) <> sum(amount) filter (where step > 0)
"""

SETTLEMENTS_ARE_IN_THE_BOOK = """
select s.order_number, s.gross, s.commission, s.tax, coalesce(b.gross, 0) as book_gross
from (select order_number, sum(amount) filter (where step = 0) as gross,
             sum(amount) filter (where reason = 'commission') as commission,
             sum(amount) filter (where reason = 'tax') as tax,
             sum(amount) filter (where reason = 'refund_due') as due,
             sum(amount) filter (where step between 1 and 7
                                 and reason not in ('refund_due', 'commission', 'tax')) as taken
      from settlement_line group by order_number) s
left join (select j.ref,
             sum(t.amount) filter (where d.code = 2100) as gross,
             sum(t.amount) filter (where d.code = 2100 and c.code = 4100) as commission,
             sum(t.amount) filter (where d.code = 2100 and c.code = 2400) as tax,
             sum(t.amount) filter (where d.code = 2110 and c.code = 1500) as due,
             sum(t.amount) filter (where d.code = 2110 and c.code <> 1500) as taken
      from ledger_transfer t join ledger_journal j on j.id = t.journal_id
      join ledger_account d on d.id = t.debit_account_id
      join ledger_account c on c.id = t.credit_account_id
      where j.kind = 'order.released' and t.state = 'posted' group by j.ref) b
  on b.ref = s.order_number
where (s.gross, coalesce(s.commission, 0), coalesce(s.tax, 0), coalesce(s.due, 0),
       coalesce(s.taken, 0))
      is distinct from
      (b.gross, coalesce(b.commission, 0), coalesce(b.tax, 0), coalesce(b.due, 0),
       coalesce(b.taken, 0))
"""

HOLDBACKS_KEEP_TO_THE_CEILING = """
select order_number, sum(amount) filter (where step between 3 and 7 and not tied) as taken,
       max(ceiling) filter (where step = 0) as ceiling
from settlement_line group by order_number
having sum(amount) filter (where step between 3 and 7 and not tied)
         > max(ceiling) filter (where step = 0)
    or max(ceiling) filter (where step = 0) * 2 > sum(amount) filter (where step = 0)
"""

RECEIVED_IS_SETTLED = """
select o.number from orders o
where o.state = 'received' and not exists (select 1 from settlement_line s where s.order_id = o.id)
   or o.state <> 'received' and exists (select 1 from settlement_line s where s.order_id = o.id)
"""

FEES_GO_BACK_AT_MOST_ONCE = """
select o.number, f.fee, f.taken, f.back
from orders o join (
  select j.ref, case c.code when 4100 then 'commission' else 'tax' end as fee,
         sum(t.amount) filter (where j.kind = 'order.released') as taken,
         sum(t.amount) filter (where j.kind = 'order.refunded') as back
  from ledger_transfer t join ledger_journal j on j.id = t.journal_id
  join ledger_account d on d.id = t.debit_account_id
  join ledger_account k on k.id = t.credit_account_id
  join ledger_account c on c.id in (d.id, k.id) and c.code in (4100, 2400)
  where j.kind in ('order.released', 'order.refunded') and t.state = 'posted'
  group by j.ref, 2) f on f.ref = o.number
where coalesce(f.back, 0) > coalesce(f.taken, 0)
   or o.state = 'received' and o.refunded = o.total and coalesce(f.back, 0) <> f.taken
"""

PAYOUTS_ARE_IN_THE_BOOK = """
select p.number, p.state, p.amount, coalesce(a.credits_posted, 0) as came,
       coalesce(a.debits_posted, 0) as went, coalesce(a.credits_pending, 0) as held
from payout p
left join ledger_account a on a.path = '2130:payout_in_flight:' || p.number
  and a.currency = p.currency
where coalesce(a.credits_posted, 0) - coalesce(a.debits_posted, 0)
        <> case p.state when 'sent' then p.amount else 0 end
   or coalesce(a.credits_pending, 0) <> case p.state when 'requested' then p.amount else 0 end
"""

SELLERS_ARE_PAID_WHAT_LEFT = """
select x.seller, x.left_balance, x.paid_out from (
  select split_part(d.path, ':', 3) as seller,
    (select coalesce(sum(p.amount), 0) from payout p
     where p.seller_id::text = split_part(d.path, ':', 3) and p.state in ('sent', 'paid')) as paid_out,
    coalesce(sum(t.amount) filter (where t.debit_account_id = d.id), 0)
      - coalesce(sum(t.amount) filter (where t.credit_account_id = d.id), 0) as left_balance
  from ledger_account d
  join ledger_transfer t on t.debit_account_id = d.id or t.credit_account_id = d.id
  join ledger_account f on f.code = 2130
    and f.id in (t.debit_account_id, t.credit_account_id)
  where d.code = 2110 and t.state in ('posted', 'settled')
  group by d.id) x
where x.left_balance <> x.paid_out
"""

RESERVES_ARE_IN_THE_BOOK = """
select h.seller_id, h.held, coalesce(a.credits_posted - a.debits_posted, 0) as book
from (select seller_id, currency, sum(amount - taken) as held from reserve_hold
      where released_on is null group by seller_id, currency) h
left join ledger_account a on a.path = '2120:seller_reserve:' || h.seller_id
  and a.currency = h.currency
where h.held > coalesce(a.credits_posted - a.debits_posted, 0)
union all
select h.seller_id, h.amount, coalesce(sum(s.amount), 0)
from reserve_hold h left join settlement_line s on s.order_number = h.order_number
  and s.step = 7 and s.reason = 'reserve' and s.releases_on = h.releases_on
group by h.id having coalesce(sum(s.amount), 0) <> h.amount
union all
select h.seller_id, h.taken, coalesce(sum(u.amount), 0)
from reserve_hold h left join reserve_use u on u.hold_id = h.id and u.seller_id = h.seller_id
group by h.id having coalesce(sum(u.amount), 0) <> h.taken
"""

WRITE_OFFS_ARE_IN_THE_BOOK = """
select w.id, w.amount, coalesce(sum(t.amount), 0) as book
from debt_write_off w
left join ledger_journal j on j.idempotency_key = 'debt:' || w.id
left join ledger_transfer t on t.journal_id = j.id and t.state = 'posted'
group by w.id having coalesce(sum(t.amount), 0) <> w.amount
"""

OFFSETS_ARE_IN_THE_BOOK = """
select f.number, f.amount, coalesce(sum(t.amount), 0) as book
from debt_offset f
left join ledger_journal j on j.idempotency_key = 'offset:' || f.number and j.ref = 'seller:' || f.seller_id
left join ledger_transfer t on t.journal_id = j.id and t.state = 'posted'
  and t.credit_balance = f.owed - f.amount
group by f.id having coalesce(sum(t.amount), 0) <> f.amount
"""

# payable + reserve + in flight + paid out = what came from outside - what went outside;
# a withdrawal in flight is a shopper's, and no seller's
SELLERS_HAVE_WHAT_THEY_EARNED = """
with own as (
  select id, case code when 2130 then (select p.seller_id::text from payout p
                                       where p.number = split_part(path, ':', 3))
                       else split_part(path, ':', 3) end as seller,
         currency, credits_posted - debits_posted as has
  from ledger_account where code in (2110, 2120)
     or code = 2130 and exists (select 1 from payout p where p.number = split_part(path, ':', 3))),
moved as (
  select o.seller, o.currency,
         sum(case when t.credit_account_id = o.id then t.amount else -t.amount end) as net
  from own o join ledger_transfer t on o.id in (t.debit_account_id, t.credit_account_id)
    and t.state in ('posted', 'settled')
  join ledger_account k
    on k.id = case when t.credit_account_id = o.id then t.debit_account_id
                   else t.credit_account_id end
  where k.code not in (2110, 2120, 2130, 1100, 1200) group by 1, 2),
outside as (
  select o.seller, o.currency,
         sum(case when t.credit_account_id = o.id then t.amount else -t.amount end) as net
  from own o join ledger_transfer t on o.id in (t.debit_account_id, t.credit_account_id)
    and t.state in ('posted', 'settled')
  join ledger_account k
    on k.id = case when t.credit_account_id = o.id then t.debit_account_id
                   else t.credit_account_id end
  where k.code in (1100, 1200) group by 1, 2)
select h.seller, h.has, coalesce(m.net, 0) as earned, coalesce(x.net, 0) as paid_out
from (select seller, currency, sum(has) as has from own group by 1, 2) h
left join moved m on m.seller = h.seller and m.currency = h.currency
left join outside x on x.seller = h.seller and x.currency = h.currency
where h.has <> coalesce(m.net, 0) + coalesce(x.net, 0)
   or coalesce(m.net, 0) + coalesce(x.net, 0) < 0
"""

INVARIANTS: dict[str, str] = {
    "commission, tax, deductions and balance make what was released": SETTLEMENTS_ADD_UP,
    "every settlement stands in the book, to the cent": SETTLEMENTS_ARE_IN_THE_BOOK,
    "fees go back with refunds, all of them when all was refunded": FEES_GO_BACK_AT_MOST_ONCE,
    "deductions outside the order's own advance keep to the ceiling": HOLDBACKS_KEEP_TO_THE_CEILING,
    "what the reserve keeps is in the book, line by line": RESERVES_ARE_IN_THE_BOOK,
    "what sellers owed and was given up is in the book": WRITE_OFFS_ARE_IN_THE_BOOK,
    "what sellers owed and their balance paid is in the book": OFFSETS_ARE_IN_THE_BOOK,
    "a seller has and was paid what was earned, less what went back": SELLERS_HAVE_WHAT_THEY_EARNED,
    "an order is settled exactly when it was received": RECEIVED_IS_SETTLED,
    "a payout is held, on its way or gone as its state says": PAYOUTS_ARE_IN_THE_BOOK,
    "what left a seller's balance for the bank is what was paid out": SELLERS_ARE_PAID_WHAT_LEFT,
}
