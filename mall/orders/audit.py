"""What must always hold between orders, their money and their stock; each query finds offenders."""

ESCROW = """
  select o.id, o.number, o.state, o.total, o.refunded, o.paid_at,
         coalesce(a.credits_posted, 0) as came, coalesce(a.debits_posted, 0) as went
  from orders o
  left join ledger_account a on a.path = '2100:escrow:' || o.number and a.currency = o.currency
"""

PAID_IS_IN_ESCROW = f"""
select number, total, came from ({ESCROW}) o
where came <> case when paid_at is null then 0 else total end
"""

ESCROW_IS_WHAT_IS_OPEN = f"""
select number, state, came - went as held from ({ESCROW}) o
where came - went <> case when paid_at is null or state in ('received', 'canceled') then 0
                          else total - refunded end
"""

NOTHING_IS_LOST = f"""
select o.number, o.total, coalesce(r.released, 0) as released, coalesce(b.back, 0) as back
from ({ESCROW}) o
left join (select order_id, sum(amount) as released from settlement_line where step = 0
           group by order_id) r on r.order_id = o.id
left join (select j.ref, sum(t.amount) as back
           from ledger_transfer t join ledger_journal j on j.id = t.journal_id
           join ledger_account d on d.id = t.debit_account_id
           where j.kind = 'order.refunded' and d.code = 2100 and t.state = 'posted'
           group by j.ref) b on b.ref = o.number
where o.paid_at is not null
  and coalesce(r.released, 0) + coalesce(b.back, 0) + (o.came - o.went) <> o.total
"""

REFUNDED_IS_ACCEPTED = """
select o.number, o.refunded, coalesce(sum(r.amount), 0) as accepted
from orders o
left join refund r on r.order_id = o.id and r.state in ('accepted', 'settled', 'failed')
group by o.id having o.refunded <> coalesce(sum(r.amount), 0)
"""

SETTLED_REFUNDS_ARE_GONE = """
select r.number, r.state, a.credits_posted - a.debits_posted as owed
from refund r
join ledger_account a on a.path = '2210:refund_payable:' || r.number and a.currency = r.currency
where (r.state = 'settled' and a.credits_posted <> a.debits_posted)
   or (r.state in ('accepted', 'failed') and a.credits_posted = a.debits_posted)
"""

RETURNS_ARE_COUNTED = """
select l.id, l.returned, coalesce(sum((part->>'quantity')::int), 0) as accepted
from order_line l
left join refund r on r.order_id = l.order_id and r.state in ('accepted', 'settled', 'failed')
left join lateral jsonb_array_elements(r.lines) part on (part->>'line_id')::bigint = l.id
group by l.id having l.returned <> coalesce(sum((part->>'quantity')::int), 0)
"""

STOCK_IS_ITS_MOVEMENTS = """
select v.id, v.on_hand, coalesce(m.moved, 0) as moved
from variant v
left join (select variant_id, sum(change) as moved from stock_movement group by variant_id) m
  on m.variant_id = v.id
where v.on_hand <> coalesce(m.moved, 0)
"""

RESERVED_IS_HELD = """
select v.id, v.reserved, coalesce(h.held, 0) as held
from variant v
left join (select variant_id, sum(quantity) as held from reservation where state = 'held'
           group by variant_id) h on h.variant_id = v.id
where v.reserved <> coalesce(h.held, 0)
"""

SOLD_IS_TAKEN = """
select l.variant_id, sum(l.quantity) as sold, coalesce(max(m.gone), 0) as taken
from order_line l join orders o on o.id = l.order_id and o.paid_at is not null
left join (select variant_id, -sum(change) as gone from stock_movement where cause = 'sold'
           group by variant_id) m on m.variant_id = l.variant_id
group by l.variant_id having sum(l.quantity) <> coalesce(max(m.gone), 0)
"""

CHECKOUTS_ADD_UP = """
select c.number, c.total, sum(o.total) as orders
from checkout c join orders o on o.checkout_id = c.id
group by c.id having c.total <> sum(o.total)
"""

# invariant 20: card + financed + balance make what was bought, order by order
PARTS_ADD_UP = """
select c.number, c.total, coalesce(sum(p.amount), 0) as parts
from checkout c left join checkout_part p on p.checkout_id = c.id
group by c.id having c.total <> coalesce(sum(p.amount), 0)
"""

SHARES_ADD_UP = """
select p.id, p.amount, p.refunded, coalesce(sum(s.amount), 0) as shares
from checkout_part p left join checkout_share s on s.part_id = p.id
group by p.id having p.amount <> coalesce(sum(s.amount), 0)
                  or p.refunded <> coalesce(sum(s.refunded), 0)
"""

ORDERS_ARE_PAID_IN_PARTS = """
select o.number, o.total, o.refunded, coalesce(sum(s.amount), 0) as shares
from orders o left join checkout_share s on s.order_id = o.id
group by o.id having o.total <> coalesce(sum(s.amount), 0)
                  or o.refunded <> coalesce(sum(s.refunded), 0)
"""

PAID_PARTS_ARE_PAID = """
select c.number, c.state, p.position, p.method, p.state
from checkout_part p join checkout c on c.id = p.checkout_id
where (c.state = 'paid') <> (p.state = 'paid') or (c.state = 'given_up') <> (p.state = 'void')
"""

REFUNDS_SAY_SOURCES = """
select r.number from refund r
where r.sources is not null
  and r.amount + r.extra <> -(
    select coalesce(sum(cast(x.amount as bigint)), 0) from jsonb_each_text(r.sources) x (name, amount)
     where x.name in ('escrow', 'commission', 'tax_payable', 'seller_payable', 'seller_receivable',
                      'seller_reserve'))
"""

TAXES_GO_BACK_WITH_REFUNDS = """
select o.number, l.tax, r.tax as back
from orders o
join (select order_id, sum(tax) as tax from order_line group by order_id) l on l.order_id = o.id
join (select f.order_id, sum(cast(t->>'amount' as bigint)) as tax
      from refund f cross join jsonb_array_elements(f.taxes) t
      where f.taxes is not null group by f.order_id) r on r.order_id = o.id
where r.tax > l.tax or o.refunded = o.total and r.tax <> l.tax
"""

# in the order in which they were decided, each out of what those before had left
TAXES_ARE_PRO_RATA = """
select r.number, r.taxes, refund_contains(r, r.decided_at) as contains
from refund r where r.taxes <> refund_contains(r, r.decided_at)
"""

INVARIANTS: dict[str, str] = {
    "an order is paid exactly when escrow received its total": PAID_IS_IN_ESCROW,
    "escrow holds what is paid, not refunded and not released": ESCROW_IS_WHAT_IS_OPEN,
    "released, given back and held make what was paid": NOTHING_IS_LOST,
    "an order's refunds are those that were accepted": REFUNDED_IS_ACCEPTED,
    "a settled refund is owed no more, an open one still is": SETTLED_REFUNDS_ARE_GONE,
    "units returned are those of accepted refunds": RETURNS_ARE_COUNTED,
    "a refund says who gave its money": REFUNDS_SAY_SOURCES,
    "stock on hand is the sum of its movements": STOCK_IS_ITS_MOVEMENTS,
    "stock reserved is what payments under way hold": RESERVED_IS_HELD,
    "units sold are units that left the stock": SOLD_IS_TAKEN,
    "a checkout is the sum of its orders": CHECKOUTS_ADD_UP,
    "a checkout is the sum of its parts": PARTS_ADD_UP,
    "a part is the sum of its shares of orders, given back as well": SHARES_ADD_UP,
    "an order is paid, and given back, by its shares": ORDERS_ARE_PAID_IN_PARTS,
    "a part is paid or void when its checkout is": PAID_PARTS_ARE_PAID,
    "refunds take back the tax that was contained, all of it with all": TAXES_GO_BACK_WITH_REFUNDS,
    "the tax in a refund is that of what came back, in proportion": TAXES_ARE_PRO_RATA,
}
