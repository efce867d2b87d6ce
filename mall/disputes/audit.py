"""What must always hold between disputes, their orders and what is withheld from sellers."""

RESERVE_IS_FROZEN_OR_HELD = """
with kept as (
  select seller_id, currency, frozen as amount from dispute_share where state = 'open'
  union all
  select seller_id, currency, amount - taken from reserve_hold where released_on is null),
wanted as (
  select '2120:seller_reserve:' || seller_id as path, currency, sum(amount) as amount
  from kept group by seller_id, currency)
select coalesce(w.path, a.path), w.amount, a.credits_posted - a.debits_posted as reserve
from wanted w full join (select * from ledger_account where code = 2120) a
  on a.path = w.path and a.currency = w.currency
where coalesce(w.amount, 0) <> coalesce(a.credits_posted - a.debits_posted, 0)
"""

NO_PAYOUT_WHILE_IT_LACKS = """
select p.number from payout p join dispute_share s on s.seller_id = p.seller_id
where p.created_at > s.opened_at
  and p.created_at < coalesce(s.covered_at, s.closed_at, 'infinity')
"""

ORDERS_COUNT_THEM = """
select o.number, o.disputed, coalesce(s.open, 0) as open from orders o
left join (select order_id, sum(amount) filter (where state = 'open') as open,
             sum(amount) filter (where state = 'lost' and borne_by = 'mall') as bore
           from dispute_share group by order_id) s on s.order_id = o.id
where o.disputed <> coalesce(s.open, 0) or o.mall_bore > coalesce(s.bore, 0)
"""

PARTS_SET_IT_APART = """
select o.number, o.disputed + o.mall_bore as counted, coalesce(sum(s.disputed), 0) as apart
from orders o left join checkout_share s on s.order_id = o.id
group by o.id having o.disputed + o.mall_bore <> coalesce(sum(s.disputed), 0)
"""

SHARES_FIT_THE_DISPUTE = """
select c.number from dispute_case c
join dispute d on d.number = c.number
left join (select case_id, sum(amount) filter (where state in ('open', 'lost')) as open,
             sum(amount) filter (where state = 'lost' and borne_by = 'seller') as borne
           from dispute_share group by case_id) s on s.case_id = c.id
where coalesce(s.open, 0) > d.counted or coalesce(s.borne, 0) > d.borne
   or d.state = 'lost' and d.closed_at is not null and c.state <> 'closed'
"""

INVARIANTS: dict[str, str] = {
    "a seller's reserve is what disputes freeze and what is held back": RESERVE_IS_FROZEN_OR_HELD,
    "no payout was asked while a freeze exceeded the reserve": NO_PAYOUT_WHILE_IT_LACKS,
    "an order counts what is disputed of it": ORDERS_COUNT_THEM,
    "what is disputed of an order is set apart in what paid it": PARTS_SET_IT_APART,
    "the shares of a dispute are at most what the payment still held": SHARES_FIT_THE_DISPUTE,
}
