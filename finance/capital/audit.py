"""What must always hold between advances, exposures and the book; each query finds offenders."""

from collections.abc import Callable, Iterable

from finance.capital import verify

ADVANCES_ARE_IN_THE_BOOK = """
select format('%s: rows %s + %s, book %s + %s', a.number,
              a.principal - a.principal_paid - a.principal_forgiven,
              a.fee_charged - a.fee_paid - a.fee_forgiven,
              coalesce(p.debits_posted - p.credits_posted, 0),
              coalesce(f.debits_posted - f.credits_posted, 0))
  from advance a
  left join ledger_account p on p.path = '1400:advance_principal:' || a.number
                            and p.currency = a.currency
  left join ledger_account f on f.path = '1410:advance_fee:' || a.number
                            and f.currency = a.currency
 where coalesce(p.debits_posted - p.credits_posted, 0)
         <> a.principal - a.principal_paid - a.principal_forgiven
    or coalesce(f.debits_posted - f.credits_posted, 0)
         <> a.fee_charged - a.fee_paid - a.fee_forgiven
union all
select l.path from ledger_account l
 where l.code in (1400, 1410)
   and not exists (select 1 from advance a where a.number = split_part(l.path, ':', 3))
"""

UNEARNED_IS_WHAT_IS_TO_COME = """
select format('%s: to come %s, book %s', x.number, x.to_come, x.book) from (
  select a.number,
         case when a.product = 'early_settlement'
              then case a.state when 'active' then a.fee else 0 end
              when a.product = 'sales_share' then a.fee_charged - a.fee_paid - a.fee_forgiven
              else 0 end as to_come,
         coalesce(u.credits_posted - u.debits_posted, 0) as book
    from advance a
    left join ledger_account u on u.path = '2500:unearned_fee:' || a.number
                              and u.currency = a.currency) x
 where x.to_come <> x.book
"""

EXPOSURE_IS_WHAT_IS_OWED = """
select format('seller %s: used %s, owed %s', x.seller_id, x.used, x.owed) from (
  select coalesce(e.seller_id, a.seller_id) as seller_id, coalesce(e.used, 0) as used,
         coalesce(a.owed, 0) as owed
    from seller_exposure e
    full join (select seller_id, sum(principal - principal_paid - principal_forgiven) as owed
                 from advance group by seller_id) a on a.seller_id = e.seller_id) x
 where x.used <> x.owed
"""

PLEDGES_CARRY_THEIR_ADVANCE = """
select format('%s: %s + %s owed, %s + %s pledged', a.number,
              a.principal - a.principal_paid, a.fee_charged - a.fee_paid,
              sum(p.principal - p.paid), sum(p.interest - p.interest_paid))
  from advance a join pledge p on p.advance_id = a.id
 where a.state <> 'charged_off'
 group by a.id
having a.principal - a.principal_paid <> sum(p.principal - p.paid)
    or a.product = 'order_advance'
   and a.fee_charged - a.fee_paid <> sum(p.interest - p.interest_paid)
"""

ROWS_CARRY_THEIR_LOAN = """
select format('%s: %s owed, %s in rows', a.number,
              a.principal - a.principal_paid - a.principal_forgiven,
              sum(r.principal - r.principal_paid))
  from advance a join advance_row r on r.advance_id = a.id
 where a.state in ('active', 'repaid')
 group by a.id
having a.principal - a.principal_paid - a.principal_forgiven <> sum(r.principal - r.principal_paid)
"""

CLOSED_OWES_NOTHING = """
select a.number from advance a
 where (a.state <> 'active') <> (a.closed_on is not null)
    or a.state <> 'active' and (a.principal_paid + a.principal_forgiven <> a.principal
                                or a.fee_paid + a.fee_forgiven <> a.fee_charged)
    or a.state <> 'active' and exists (select 1 from pledge p where p.advance_id = a.id
                                       and p.closed_on is null)
"""

SHARES_STAY_WITHIN = """
select format('%s took %s of %s', x.ref, x.taken, x.gross) from (
  select j.ref, split_part(c.path, ':', 3) as number,
         sum(t.amount) as taken,
         (select sum(s.amount) from ledger_transfer s
            join ledger_account e on e.id = s.debit_account_id and e.code = 2100
           where s.journal_id = j.id) as gross
    from ledger_journal j
    join ledger_transfer t on t.journal_id = j.id
    join ledger_account c on c.id = t.credit_account_id and c.code in (1400, 1410)
   where j.kind = 'order.released' and t.reason in ('share_repaid', 'share_repaid_fee')
   group by j.id, j.ref, split_part(c.path, ':', 3)) x
  join advance a on a.number = x.number
 where x.taken * 1000000 > x.gross * a.share_max_ppm + 500000
"""

REMITTANCES_ARE_WHAT_WAS_PAID = """
select format('%s: paid %s, remitted %s', a.number, a.principal_paid + a.fee_paid, x.remitted)
  from advance a
  join (select a.id, coalesce(sum(r.principal + r.fee), 0) as remitted
          from advance a left join remittance r on r.advance_id = a.id group by a.id) x
    on x.id = a.id
 where x.remitted <> a.principal_paid + a.fee_paid
                     - case a.product when 'early_settlement' then a.fee else 0 end
"""

RESERVATIONS_MAKE_THE_EXPOSURE = """
select format('seller %s: used %s, held %s, reserved %s and %s', e.seller_id, e.used, e.held,
              coalesce(r.used, 0), coalesce(r.held, 0))
  from seller_exposure e
  left join (select seller_id,
                    sum(amount - given) filter (where state in ('drawn', 'partly_repaid')) as used,
                    sum(amount) filter (where state = 'held') as held
               from seller_reservation group by seller_id) r on r.seller_id = e.seller_id
 where e.used <> coalesce(r.used, 0) or e.held <> coalesce(r.held, 0)
"""

EVERY_ADVANCE_IS_RESERVED = """
select format('%s: owed %s, reserved %s', a.number,
              a.principal - a.principal_paid - a.principal_forgiven, r.amount - r.given)
  from advance a left join seller_reservation r on r.number = a.number and r.advance_id = a.id
 where r.id is null
    or r.amount - r.given <> a.principal - a.principal_paid - a.principal_forgiven
"""

LOST_IS_IN_THE_BOOK = """
select format('%s: lost %s, book %s; recovered %s, book %s', a.number, a.lost, b.lost, a.recovered,
              r.paid)
  from advance a
  left join lateral (
    select coalesce(sum(t.amount), 0) as lost from ledger_journal j
      join ledger_transfer t on t.journal_id = j.id
     where j.ref = a.number and j.kind = 'advance.charged_off') b on true
  left join lateral (
    select coalesce(sum(e.amount), 0) as paid from advance_event e
     where e.advance_id = a.id and e.kind = 'recovered') r on true
 where a.state = 'charged_off' and (a.lost <> b.lost or a.recovered <> r.paid)
"""

TWO_PEOPLE_GAVE_IT_UP = """
select format('%s: %s waived by nobody', a.number, e.amount)
  from advance_event e join advance a on a.id = e.advance_id
 where e.kind = 'waived'
   and not exists (select 1 from give_up g where g.advance_id = a.id and g.kind = 'waive'
                   and g.state = 'done' and g.decided_by <> g.proposed_by)
"""

TAKEN_IS_BOOKED = """
select format('%s: %s of entry %s is in no journal', a.number, k.amount, k.entry)
  from interest_taken k join advance a on a.id = k.advance_id
 where not exists (select 1 from ledger_journal j
                    where j.idempotency_key = format('advance:%s:interest:%s', a.number, k.entry))
union all
select format('%s: %s of it was not taken', a.number, t.rest)
  from interest_apart t join advance a on a.id = t.advance_id where t.rest <> 0
"""

RESERVES_PAID_WHAT_THEY_GAVE = """
select format('%s: its reserve gave %s, it was paid %s', coalesce(u.contract, r.number), u.gave, r.paid)
  from (select contract, sum(amount) as gave from reserve_use group by contract) u
  full join (select a.number, sum(m.principal + m.fee) as paid from remittance m
               join advance a on a.id = m.advance_id where m.source = 'reserve'
              group by a.number) r on r.number = u.contract
 where u.gave is distinct from r.paid
"""

INVARIANTS: dict[str, str | Callable[[], Iterable[str]]] = {
    "advances: principal and fee owed are what the book says": ADVANCES_ARE_IN_THE_BOOK,
    "advances: unearned fees are fees to come": UNEARNED_IS_WHAT_IS_TO_COME,
    "advances: a seller's exposure is the principal owed": EXPOSURE_IS_WHAT_IS_OWED,
    "advances: pledges carry what is owed": PLEDGES_CARRY_THEIR_ADVANCE,
    "advances: reservations make the exposure": RESERVATIONS_MAKE_THE_EXPOSURE,
    "advances: interest taken out of the control account was booked": TAKEN_IS_BOOKED,
    "advances: what was lost is in the book": LOST_IS_IN_THE_BOOK,
    "advances: two people gave up what was waived": TWO_PEOPLE_GAVE_IT_UP,
    "advances: each reserves what it owes": EVERY_ADVANCE_IS_RESERVED,
    "advances: rows are what terms and events fold to": verify.every,
    "advances: the parts of a term loan are what it owes": ROWS_CARRY_THEIR_LOAN,
    "advances: a closed one owes and holds nothing": CLOSED_OWES_NOTHING,
    "advances: a sales share takes at most its share": SHARES_STAY_WITHIN,
    "advances: remittances are what was paid": REMITTANCES_ARE_WHAT_WAS_PAID,
    "advances: what reserves gave was paid on them": RESERVES_PAID_WHAT_THEY_GAVE,
}
