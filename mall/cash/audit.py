"""What must always hold between cash on delivery and the book; each query finds offenders."""

_DUE = """
  select c.*, o.state as order_state, coalesce(a.debits_posted, 0) as promised,
         coalesce(a.debits_posted - a.credits_posted, 0) as open
    from cash_due c join orders o on o.id = c.order_id
    left join ledger_account a on a.path = '1330:due_at_door:' || c.order_number
                              and a.currency = c.currency
"""

PROMISED_IS_BOOKED = (
    f"select order_number, amount, promised from ({_DUE}) d where amount <> promised"
)

NOTHING_STAYS_DUE = f"""
select order_number, state, order_state, open from ({_DUE}) d
where open > 0 and (state <> 'due' or order_state in ('delivered', 'received', 'canceled'))
"""

HELD_IS_COLLECTED = """
select a.path, a.debits_posted - a.credits_posted as held, coalesce(c.held, 0) as collected
from ledger_account a
left join (select courier, currency, sum(collected) as held from cash_due
           where state = 'collected' group by courier, currency) c
  on a.path = '1120:cash_with_courier:' || c.courier and a.currency = c.currency
where a.code = 1120 and a.debits_posted - a.credits_posted <> coalesce(c.held, 0)
"""

HANDOVERS_ADD_UP = """
select h.number, h.amount, coalesce(sum(c.collected), 0) as parcels
from cash_handover h left join cash_due c on c.handover_id = h.id
group by h.id having h.amount <> coalesce(sum(c.collected), 0)
"""

INVARIANTS: dict[str, str] = {
    "cash promised at doors is what the book says": PROMISED_IS_BOOKED,
    "nothing stays due after the door": NOTHING_STAYS_DUE,
    "a courier holds what was collected and not handed over": HELD_IS_COLLECTED,
    "a handover is the sum of its parcels": HANDOVERS_ADD_UP,
}
