"""let no commit leave the rows of any plan other than the fold of all its events

The fold of finance.lending.life is said once more in SQL, whole: refunds, payments ahead, relief, a price by the day and what an `opening` stood for. Plans that were never reshaped keep the short fold of
`loans_follow`; every other, and each plan that begins, is folded here, once a transaction (`to_fold` counts the changes, the last one folds). Deployed while the previous release still runs: rules that its
code keeps already.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "reshaped_plans_fold"
down_revision = "out_of_charges"
branch_labels = None
depends_on = None

TYPES = """
create type plan_terms as (principal bigint, began_on date, count int, pricing text, rate_ppm bigint, every text, step int, first int, starts_at text,
  latest int, closes int, pay_days int, least_ppm bigint, least bigint);
create type plan_row as (number int, due_on date, principal bigint, fee bigint, late_fee bigint, principal_paid bigint, fee_paid bigint,
  late_fee_paid bigint, paused bigint, fee_free boolean, state text, accrued_on date, late_fee_on date, paid_on date, kept numeric, of_kept numeric);
create type plan_order as (number text, amount bigint, refunded bigint, paused bigint, shipped_on date, received_on date);
create type plan_state as (rows plan_row[], orders plan_order[], refunded bigint, state text, starts_on date, defaulted_on date, charged_off_on date,
  closed_on date, recovered bigint, over bigint, reshaped boolean, free_until date, accrued numeric, accrued_to date, converted boolean);
"""
# half up, away from zero, of an exact fraction; then as in finance.lending.schedules and .life.plan
AMOUNTS = """
create function plan_round(num numeric, den numeric) returns bigint language plpgsql immutable as $$
begin
  return sign(num) * div(2 * abs(num) + den, 2 * den);
end $$;
create function plan_spread(num numeric, den numeric, n int) returns bigint[] language plpgsql immutable as $$
declare
  whole bigint := plan_round(num, den);
  part bigint := plan_round(num, den * n);
begin
  if whole - part * (n - 1) >= 0 then
    return array_fill(part, array[n - 1]) || (whole - part * (n - 1));
  end if;
  return array(select whole / n + case when i <= whole % n then 1 else 0 end from generate_series(1, n) i order by i);
end $$;
create function plan_scaled(p_values bigint[], num numeric, den numeric) returns bigint[] language plpgsql immutable as $$
declare
  found bigint[] := '{}';
  running numeric := 0;
  before bigint := 0;
  upto bigint;
  v bigint;
begin
  foreach v in array p_values loop
    running := running + v;
    upto := plan_round(running * num, den);
    found := found || (upto - before);
    before := upto;
  end loop;
  return found;
end $$;
create function plan_amounts(t plan_terms, p bigint, out parts bigint[], out fees bigint[]) language plpgsql immutable as $$
declare
  n int := t.count;
  den numeric := 12000000;
  up numeric := 1;
  down numeric := 1;
  payment bigint;
  rest bigint := p;
  part bigint;
  fee bigint;
begin
  if t.pricing = 'level' and p >= 100 * n then
    if t.rate_ppm = 0 then
      payment := plan_round(p, n);
    else
      for i in 1..n loop up := up * (den + t.rate_ppm); down := down * den; end loop;
      payment := plan_round(p * t.rate_ppm * up, den * (up - down));
    end if;
    parts := '{}'; fees := '{}';
    for i in 1..n loop
      fee := plan_round(rest::numeric * t.rate_ppm, den);
      part := case when i = n then rest else least(rest, greatest(0, payment - fee)) end;
      parts := parts || part; fees := fees || fee; rest := rest - part;
    end loop;
  elsif t.pricing = 'level' and t.principal < 100 * n then
    parts := plan_spread(p, 1, n); fees := array_fill(0::bigint, array[n]);
  elsif t.pricing = 'level' then
    select * into parts, fees from plan_amounts(t, t.principal);
    parts := plan_scaled(parts, p, t.principal); fees := plan_scaled(fees, p, t.principal);
  else
    parts := plan_spread(p, 1, n);
    fees := plan_spread(case t.pricing when 'flat' then p::numeric * t.rate_ppm * n else 0 end, 1000000, n);
  end if;
end $$;
create function plan_statement(t plan_terms, p_day date) returns date language plpgsql immutable as $$
begin
  return (case when extract(day from p_day) < t.closes then date_trunc('month', p_day)
               else date_trunc('month', p_day) + interval '1 month' end)::date + t.closes - 1 + t.pay_days;
end $$;
create function plan_day(t plan_terms, p_start date, p_number int) returns date language plpgsql immutable as $$
declare
  away int := t.first + (p_number - 1) * t.step;
begin
  if t.pricing = 'daily' then return plan_statement(t, p_start); end if;
  return (p_start + case t.every when 'day' then make_interval(days => away) else make_interval(months => away) end)::date;
end $$;
create function plan_rebuilt(s plan_state, t plan_terms, p bigint) returns plan_row[] language plpgsql immutable as $$
declare
  found plan_row[] := s.rows;
  r plan_row;
  parts bigint[];
  fees bigint[];
  total bigint;
  fee bigint;
  paid bigint;
begin
  if s.reshaped then
    select coalesce(nullif(sum(x.principal), 0), 1), array_agg(x.principal order by n), array_agg(x.fee order by n) into total, parts, fees
      from unnest(s.rows) with ordinality x (number, due_on, principal, fee, late_fee, principal_paid, fee_paid, late_fee_paid, paused, fee_free,
        state, accrued_on, late_fee_on, paid_on, kept, of_kept, n);
    parts := plan_scaled(parts, p, total); fees := plan_scaled(fees, p, total);
  else
    select * into parts, fees from plan_amounts(t, p);
  end if;
  for i in 1..cardinality(s.rows) loop
    r := s.rows[i];
    fee := case when r.fee_free then 0 when s.reshaped then fees[i] else plan_round(fees[i] * r.kept, r.of_kept) end;
    paid := least(r.principal_paid + r.fee_paid, parts[i] + fee);
    if r.accrued_on is not null and r.principal_paid <> 0 and r.fee_paid < r.fee then
      r.principal_paid := least(r.principal_paid + greatest(0, r.fee_paid - fee), parts[i]);
      r.fee_paid := least(paid - r.principal_paid, fee);
    else
      r.fee_paid := case when r.accrued_on is null then 0 else least(paid, fee) end;
      r.principal_paid := least(paid - r.fee_paid, parts[i]);
    end if;
    r.principal := parts[i];
    r.fee := fee;
    found[i] := r;
  end loop;
  return found;
end $$;
create function plan_pause(s plan_state, t plan_terms) returns plan_row[] language plpgsql immutable as $$
declare
  found plan_row[] := s.rows;
  after plan_row[];
  held bigint;
  whole bigint;
  unpaid bigint;
begin
  select coalesce(sum(o.paused), 0) into held from unnest(s.orders) o;
  select sum(r.principal) into whole from unnest(s.rows) r;
  after := plan_rebuilt(s, t, whole - least(held, whole));
  for i in 1..cardinality(found) loop
    unpaid := found[i].principal + found[i].fee - found[i].principal_paid - found[i].fee_paid;
    found[i].paused := greatest(0, least(unpaid,
      unpaid - (after[i].principal + after[i].fee - after[i].principal_paid - after[i].fee_paid)));
  end loop;
  return found;
end $$;
"""
# finance.lending.life.paying, .by_day and .undo
MONEY = """
create function plan_take(s plan_state, p_upto date, p_amount bigint, p_on date, out so plan_state, out rest bigint) language plpgsql immutable as $$
declare
  r plan_row;
  part record;
  taken bigint;
begin
  so := s; rest := p_amount;
  for part in
    select p.i, p.what, p.owed from (
      select x.ordinality::int as i, x.due_on, x.number, w.place, w.what, w.owed
        from unnest(s.rows) with ordinality x
       cross join lateral (values
         (1, 'late_fee', x.late_fee - x.late_fee_paid), (2, 'fee', x.fee - x.fee_paid),
         (3, 'principal', x.principal - x.principal_paid - least(x.paused, x.principal - x.principal_paid)),
         (4, 'principal', least(x.paused, x.principal - x.principal_paid))) w (place, what, owed)
       where (p_upto is null or x.due_on <= p_upto and w.place < 4) and w.owed > 0) p
     order by p.place = 4, p.due_on, p.number, p.place loop
    taken := least(rest, part.owed);
    exit when taken <= 0;
    r := so.rows[part.i];
    if so.charged_off_on is null or part.what = 'fee' then r.accrued_on := coalesce(r.accrued_on, p_on); end if;
    if part.what = 'late_fee' then r.late_fee_paid := r.late_fee_paid + taken;
    elsif part.what = 'fee' then r.fee_paid := r.fee_paid + taken;
    else r.principal_paid := r.principal_paid + taken;
    end if;
    r.paused := least(r.paused, r.principal + r.fee + r.late_fee - r.principal_paid - r.fee_paid - r.late_fee_paid);
    so.rows[part.i] := r;
    rest := rest - taken;
    if so.charged_off_on is not null then so.recovered := so.recovered + taken; end if;
  end loop;
end $$;
create function plan_unpay(s plan_state, p_amount bigint, p_on date, p_over boolean) returns plan_state language plpgsql immutable as $$
declare
  rest bigint := p_amount;
  r plan_row;
  taken bigint;
  used bigint;
begin
  for i in reverse cardinality(s.rows)..1 loop
    r := s.rows[i];
    taken := least(rest, r.principal_paid); r.principal_paid := r.principal_paid - taken; rest := rest - taken; used := taken;
    taken := least(rest, r.fee_paid); r.fee_paid := r.fee_paid - taken; rest := rest - taken; used := used + taken;
    taken := least(rest, r.late_fee_paid); r.late_fee_paid := r.late_fee_paid - taken; rest := rest - taken; used := used + taken;
    if used <> 0 then
      r.paid_on := null;
      if r.state in ('paid', 'void') then r.state := case when r.due_on <= p_on then 'due' else 'scheduled' end; end if;
      if s.state = 'paid' then s.state := 'active'; s.closed_on := null; end if;
      s.rows[i] := r;
    end if;
  end loop;
  if s.charged_off_on is not null then s.recovered := s.recovered - (p_amount - rest); end if;
  if p_over then s.over := s.over + p_amount; end if;
  return s;
end $$;
create function plan_charge(s plan_state, p_on date) returns plan_state language plpgsql immutable as $$
declare
  amount bigint := plan_round(s.accrued, 1000000);
  n int := cardinality(s.rows);
begin
  s.accrued := 0;
  if amount = 0 or s.charged_off_on is not null then return s; end if;
  s.rows[n].fee := s.rows[n].fee + amount;
  s.rows[n].accrued_on := coalesce(s.rows[n].accrued_on, p_on);
  s.reshaped := true;
  return s;
end $$;
create function plan_ahead(s plan_state, t plan_terms, p_extra text, p_amount bigint, p_on date, out so plan_state, out rest bigint)
language plpgsql immutable as $$
declare
  at int[];
  parts bigint[];
  owed bigint;
  amount bigint;
  payment bigint;
  left_over bigint;
  part bigint;
  fee bigint;
  r plan_row;
  i int;
begin
  so := s; rest := p_amount;
  select array_agg(x.ordinality order by x.ordinality), array_agg(x.principal - x.principal_paid - x.paused order by x.ordinality),
         sum(x.principal - x.principal_paid - x.paused), max(x.principal + x.fee)
    into at, parts, owed, payment
    from unnest(s.rows) with ordinality x where x.due_on > p_on and x.principal - x.principal_paid > x.paused;
  amount := least(rest, owed);
  if owed is null or amount <= 0 then return; end if;
  rest := rest - amount;
  if amount = owed or p_extra = 'smaller' then
    parts := plan_scaled(parts, amount, owed);
    for k in 1..cardinality(at) loop
      r := so.rows[at[k]];
      r.principal_paid := r.principal_paid + parts[k];
      if r.accrued_on is null then
        r.fee := r.fee - plan_round(r.fee::numeric * amount, owed);
        r.kept := r.kept * (owed - amount); r.of_kept := r.of_kept * owed;
        r.fee_free := r.kept = 0;
      end if;
      so.rows[at[k]] := r;
    end loop;
  elsif t.pricing = 'level' then
    select sum(x.principal - x.principal_paid) - amount into left_over
      from unnest(s.rows) with ordinality x where x.ordinality = any(at);
    for k in 1..cardinality(at) loop
      r := so.rows[at[k]];
      fee := case when r.accrued_on is null then plan_round(left_over::numeric * t.rate_ppm, 12000000) else r.fee end;
      part := case when k = cardinality(at) then left_over else least(left_over, greatest(0, payment - fee)) end;
      r.principal := r.principal_paid + part;
      r.fee := case when part <> 0 then fee else r.fee_paid end;
      left_over := left_over - part;
      so.rows[at[k]] := r;
    end loop;
    i := at[cardinality(at)];
    so.rows[i].principal := so.rows[i].principal + amount;
    so.rows[i].principal_paid := so.rows[i].principal_paid + amount;
    so.reshaped := true;
  else
    for k in reverse cardinality(at)..1 loop
      r := so.rows[at[k]];
      part := least(amount, r.principal - r.principal_paid - r.paused);
      r.principal_paid := r.principal_paid + part;
      amount := amount - part;
      if r.principal = r.principal_paid and r.accrued_on is null then r.fee := 0; r.fee_free := true; end if;
      so.rows[at[k]] := r;
    end loop;
  end if;
end $$;
create function plan_pay(s plan_state, t plan_terms, p_kind text, p_amount bigint, p_extra text, p_on date) returns plan_state
language plpgsql immutable as $$
declare
  rest bigint := p_amount;
  g record;
begin
  if p_kind = 'settled' and rest >= (select sum(x.principal - x.principal_paid) from unnest(s.rows) x) then
    for i in 1..cardinality(s.rows) loop
      if s.rows[i].accrued_on is null and s.rows[i].principal + s.rows[i].fee <> 0 then
        s.rows[i].fee := 0; s.rows[i].fee_free := true; s.rows[i].accrued_on := p_on;
      end if;
    end loop;
  elsif p_extra in ('shorter', 'smaller') and s.charged_off_on is null then
    g := plan_take(s, p_on, rest, p_on); s := g.so; rest := g.rest;
    g := plan_ahead(s, t, p_extra, rest, p_on); s := g.so; rest := g.rest;
  end if;
  g := plan_take(s, null, rest, p_on); s := g.so; rest := g.rest;
  if t.pricing = 'daily' and s.charged_off_on is null and plan_round(s.accrued, 1000000) <> 0
     and not exists (select from unnest(s.rows) x group by () having sum(x.principal - x.principal_paid) <> 0) then
    s := plan_charge(s, p_on);
    g := plan_take(s, null, rest, p_on); s := g.so; rest := g.rest;
  end if;
  s.over := s.over + rest;
  return s;
end $$;
create function plan_refund(s plan_state, t plan_terms, p_order text, p_amount bigint, p_back bigint, p_on date) returns plan_state
language plpgsql immutable as $$
declare
  after plan_row[];
  r plan_row;
  before bigint;
  back bigint;
  grown bigint;
  part bigint;
  gone boolean := true;
begin
  for i in 1..cardinality(s.orders) loop
    if s.orders[i].number = p_order then
      s.orders[i].refunded := s.orders[i].refunded + p_amount;
      s.orders[i].paused := least(s.orders[i].paused, s.orders[i].amount - s.orders[i].refunded);
    end if;
    gone := gone and s.orders[i].refunded = s.orders[i].amount;
  end loop;
  s.refunded := s.refunded + p_amount;
  select sum(x.principal), sum(x.principal_paid + x.fee_paid) into before, back from unnest(s.rows) x;
  after := plan_rebuilt(s, t, before - p_amount);
  if s.accrued <> 0 then s.accrued := plan_round(s.accrued * (before - p_amount), before); end if;
  select coalesce(sum(case when x.accrued_on is null then 0 else x.fee - x.fee_paid end), 0)
       - (select coalesce(sum(case when y.accrued_on is null then 0 else y.fee - y.fee_paid end), 0) from unnest(s.rows) y)
    into grown from unnest(after) x;
  for i in reverse cardinality(after)..1 loop
    r := after[i];
    part := least(grown, case when r.accrued_on is null then 0 else r.fee - r.fee_paid end);
    if part > 0 then after[i].fee_paid := r.fee_paid + part; grown := grown - part; end if;
  end loop;
  select sum(x.principal - x.principal_paid) - (select sum(y.principal - y.principal_paid) from unnest(s.rows) y)
    into grown from unnest(after) x;
  for i in reverse cardinality(after)..1 loop
    part := least(grown, after[i].principal - after[i].principal_paid);
    if part > 0 then after[i].principal_paid := after[i].principal_paid + part; grown := grown - part; end if;
  end loop;
  s.rows := after;
  back := back - (select sum(x.principal_paid + x.fee_paid) from unnest(after) x);
  if gone then
    for i in 1..cardinality(s.rows) loop
      back := back + s.rows[i].late_fee_paid;
      s.rows[i].late_fee := 0; s.rows[i].late_fee_paid := 0;
    end loop;
  end if;
  s.over := s.over + back - coalesce(p_back, back);
  s.rows := plan_pause(s, t);
  if s.over < 0 then s := plan_unpay(s, -s.over, p_on, true); end if;
  return s;
end $$;
"""
LIFE = """
create function plan_start(s plan_state, t plan_terms) returns plan_state language plpgsql immutable as $$
declare
  by_day date := case when t.latest <> 0 then t.began_on + t.latest end;
  start date;
  waits boolean;
begin
  if t.starts_at = 'purchase' then return s; end if;
  select max(x.at), coalesce(bool_or(x.at is null and not x.gone), false) into start, waits
    from (select case t.starts_at when 'shipping' then o.shipped_on else o.received_on end as at, o.refunded = o.amount as gone
            from unnest(s.orders) o) x;
  if waits or start is null or s.reshaped or s.starts_on is not null and s.starts_on is distinct from by_day then return s; end if;
  start := greatest(t.began_on, start);
  s.starts_on := case when by_day is null then start else least(start, by_day) end;
  for i in 1..cardinality(s.rows) loop
    s.rows[i].due_on := case when by_day is null then greatest(s.rows[i].due_on, plan_day(t, s.starts_on, i)) else plan_day(t, s.starts_on, i) end;
  end loop;
  return s;
end $$;
create function plan_move(r plan_row, p_due date, p_on date) returns plan_row language plpgsql immutable as $$
begin
  r.due_on := p_due;
  if r.state in ('due', 'late') and p_due > p_on then r.state := 'scheduled';
  elsif r.state = 'late' and p_due = p_on then r.state := 'due';
  end if;
  return r;
end $$;
create function plan_opened(s plan_state, d jsonb) returns plan_state language plpgsql immutable as $$
declare
  l jsonb := d->'loan';
begin
  select array_agg((coalesce((x->>'number')::int, n), x->>'due_on', x->>'principal', x->>'fee', coalesce(x->>'late_fee', '0'),
           coalesce(x->>'principal_paid', '0'), coalesce(x->>'fee_paid', '0'), coalesce(x->>'late_fee_paid', '0'), coalesce(x->>'paused', '0'),
           coalesce(x->>'fee_free', 'false'), coalesce(x->>'state', 'scheduled'), x->>'accrued_on', x->>'late_fee_on', x->>'paid_on', 1, 1)::plan_row
         order by n) into s.rows from jsonb_array_elements(d->'rows') with ordinality e (x, n);
  select array_agg((x->>'number', x->>'amount', coalesce(x->>'refunded', '0'), coalesce(x->>'paused', '0'), x->>'shipped_on', x->>'received_on')::plan_order
         order by n) into s.orders from jsonb_array_elements(d->'orders') with ordinality e (x, n);
  if l ? 'refunded' then s.refunded := (l->>'refunded')::bigint; end if;
  if l ? 'state' then s.state := l->>'state'; end if;
  if l ? 'starts_on' then s.starts_on := (l->>'starts_on')::date; end if;
  if l ? 'defaulted_on' then s.defaulted_on := (l->>'defaulted_on')::date; end if;
  if l ? 'charged_off_on' then s.charged_off_on := (l->>'charged_off_on')::date; end if;
  if l ? 'closed_on' then s.closed_on := (l->>'closed_on')::date; end if;
  if l ? 'recovered' then s.recovered := (l->>'recovered')::bigint; end if;
  return s;
end $$;
create function plan_step(s plan_state, t plan_terms, p_kind text, p_on date, p_amount bigint, p_row int, p_ref text, d jsonb) returns plan_state
language plpgsql immutable as $$
declare
  n int := cardinality(s.rows);
  r plan_row;
  since date;
  amount bigint;
  part bigint;
  parts bigint[];
  fees bigint[];
  e record;
begin
  if t.pricing = 'daily' and s.free_until is not null then
    since := greatest(s.free_until, s.accrued_to);
    if p_on > since then
      if not s.converted and s.charged_off_on is null then
        select s.accrued + sum(x.principal - x.principal_paid - least(x.paused, x.principal - x.principal_paid)) * t.rate_ppm * (p_on - since)
          into s.accrued from unnest(s.rows) x;
      end if;
      s.accrued_to := p_on;
    end if;
  end if;
  if p_row > 0 then
    if p_row > n then raise exception 'there is no row %', p_row using errcode = 'integrity_constraint_violation'; end if;
    r := s.rows[p_row];
  end if;
  if p_kind = 'lent' then null;
  elsif p_kind = 'opening' then
    s := plan_opened(s, d);
  elsif p_kind in ('shipped', 'received') then
    for i in 1..cardinality(s.orders) loop
      if s.orders[i].number = p_ref then
        s.orders[i].shipped_on := coalesce(s.orders[i].shipped_on, p_on);
        if p_kind = 'received' then s.orders[i].received_on := coalesce(s.orders[i].received_on, p_on); end if;
      end if;
    end loop;
    s := plan_start(s, t);
  elsif p_kind in ('paused', 'resumed') then
    for i in 1..cardinality(s.orders) loop
      if s.orders[i].number = p_ref then
        s.orders[i].paused := greatest(0, least(s.orders[i].amount - s.orders[i].refunded,
          s.orders[i].paused + case p_kind when 'paused' then p_amount else -p_amount end));
      end if;
    end loop;
    s.rows := plan_pause(s, t);
  elsif p_kind = 'refunded' then
    s := plan_refund(s, t, d->>'order', p_amount, (d->>'back')::bigint, p_on);
    s := plan_start(s, t);
  elsif p_kind = 'due' then
    r.accrued_on := coalesce(r.accrued_on, p_on);
    if r.state = 'scheduled' then
      r.state := case when r.principal + r.fee + r.late_fee > r.principal_paid + r.fee_paid + r.late_fee_paid then 'due' else 'paid' end;
    end if;
    s.rows[p_row] := r;
  elsif p_kind = 'late' then
    if r.state = 'due' and r.principal + r.fee + r.late_fee - r.principal_paid - r.fee_paid - r.late_fee_paid > r.paused then
      s.rows[p_row].state := 'late';
    end if;
  elsif p_kind in ('late_fee', 'waived', 'no_late_fee') then
    r.late_fee_on := p_on;
    if r.state = 'late' and p_kind = 'late_fee' and s.charged_off_on is null then r.late_fee := r.late_fee + p_amount; end if;
    s.rows[p_row] := r;
  elsif p_kind = 'forgiven' then
    if d->>'part' = 'late_fee' then r.late_fee := r.late_fee - least(p_amount, r.late_fee - r.late_fee_paid);
    else r.fee := r.fee - least(p_amount, r.fee - r.fee_paid);
    end if;
    s.rows[p_row] := r;
  elsif p_kind = 'rescheduled' then
    if d->>'calm_until' is not null and s.free_until is not null then s.free_until := greatest(s.free_until, (d->>'calm_until')::date); end if;
    for e in select x.key::int as i, x.value::date as due_on from jsonb_each_text(d->'dates') x loop
      if e.i not between 1 and n then raise exception 'there is no row %', e.i using errcode = 'integrity_constraint_violation'; end if;
      s.rows[e.i] := plan_move(s.rows[e.i], e.due_on, p_on);
    end loop;
    for e in select (x->>0)::int as i, (x->>1)::date as due_on, (x->>2)::bigint as principal, (x->>3)::bigint as fee
               from jsonb_array_elements(d->'rows') with ordinality y (x, place) order by place loop
      if e.i not between 1 and cardinality(s.rows) + 1 then
        raise exception 'there is no row %', e.i using errcode = 'integrity_constraint_violation';
      elsif e.i > cardinality(s.rows) then
        s.rows := s.rows || (e.i, e.due_on, e.principal, e.fee, 0, 0, 0, 0, 0, false, 'scheduled', null, null, null, 1, 1)::plan_row;
        s.reshaped := true;
      else
        s.rows[e.i].principal := greatest(e.principal, s.rows[e.i].principal_paid);
        s.rows[e.i].fee := greatest(e.fee, s.rows[e.i].fee_paid);
        s.rows[e.i] := plan_move(s.rows[e.i], e.due_on, p_on);
      end if;
    end loop;
  elsif p_kind = 'withdrawn' then
    select sum(x.principal) - sum(x.principal_paid + x.fee_paid) into amount from unnest(s.rows) x;
    if p_amount < amount or s.charged_off_on is not null then
      s := plan_pay(s, t, p_kind, p_amount, d->>'extra', p_on);
    else
      for i in 1..n loop
        r := s.rows[i];
        r.fee := 0; r.fee_paid := 0; r.fee_free := true; r.principal_paid := r.principal; r.paused := 0;
        r.accrued_on := coalesce(r.accrued_on, p_on);
        s.rows[i] := r;
      end loop;
      s.over := s.over + p_amount - amount;
    end if;
  elsif p_kind in ('paid', 'settled') then
    s := plan_pay(s, t, p_kind, p_amount, d->>'extra', p_on);
  elsif p_kind = 'overpaid' then
    s.over := s.over - p_amount;
    if s.over < 0 then s := plan_unpay(s, -s.over, p_on, true); end if;
  elsif p_kind = 'charged_back' then
    s := plan_unpay(s, p_amount, p_on, false);
  elsif p_kind = 'billed' then
    s := plan_charge(s, p_on);
    r := s.rows[n];
    since := p_on + t.pay_days;
    if r.due_on <= since and not s.converted then
      amount := r.principal - r.principal_paid;
      part := least(amount, greatest(r.paused, 0));
      r.paused := 0;
      amount := amount - part;  -- what is asked for of it
      amount := least(amount, greatest(plan_round(amount::numeric * t.least_ppm, 1000000), t.least));
      s.rows := s.rows || (r.number + 1, plan_statement(t, p_on), r.principal - r.principal_paid - amount, 0, 0, 0, 0, 0, part, false, 'scheduled',
        null, null, null, 1, 1)::plan_row;
      r.principal := r.principal_paid + amount;
      r.due_on := since;
      s.rows[n] := r;
      s.reshaped := true;
    end if;
  elsif p_kind = 'converted' then
    select sum(x.principal - x.principal_paid) into amount from unnest(s.rows) x;
    for i in 1..n loop
      s.rows[i].principal := s.rows[i].principal_paid; s.rows[i].paused := 0;
    end loop;
    s := plan_charge(s, p_on);
    parts := plan_spread(amount, 1, jsonb_array_length(d->'dates'));
    fees := plan_spread(amount::numeric * (d->>'fee_ppm')::bigint * cardinality(parts), 1000000, cardinality(parts));
    for i in 1..cardinality(parts) loop
      s.rows := s.rows || (n + i, d->'dates'->>(i - 1), parts[i], fees[i], 0, 0, 0, 0, 0, false, 'scheduled', null, null, null, 1, 1)::plan_row;
    end loop;
    s.reshaped := true; s.converted := true;
  elsif p_kind = 'default' then
    if s.state = 'active' and exists (select from unnest(s.rows) x where x.state in ('due', 'late')
         and x.principal + x.fee + x.late_fee - x.principal_paid - x.fee_paid - x.late_fee_paid > x.paused) then
      s.defaulted_on := p_on;
    end if;
  elsif p_kind = 'charged_off' then
    if s.state = 'active' then s.charged_off_on := p_on; s.closed_on := p_on; s.state := 'charged_off'; end if;
  end if;
  if p_kind in ('opening', 'default', 'charged_off') then return s; end if;
  amount := 0;
  for i in 1..cardinality(s.rows) loop
    r := s.rows[i];
    part := r.principal + r.fee + r.late_fee - r.principal_paid - r.fee_paid - r.late_fee_paid;
    if part <> 0 then amount := 1; end if;
    if part = 0 and r.state not in ('paid', 'void') then
      s.rows[i].state := case when r.principal + r.fee <> 0 or r.late_fee <> 0 then 'paid' else 'void' end;
      s.rows[i].paid_on := p_on;
    elsif r.principal + r.fee = 0 and r.late_fee = 0 and r.state <> 'void' then
      s.rows[i].state := 'void';
    end if;
  end loop;
  if s.refunded <> 0 and s.refunded = (select sum(o.amount) from unnest(s.orders) o) then
    if s.state <> 'void' then s.state := 'void'; s.closed_on := p_on; end if;
  elsif amount = 0 and s.state not in ('paid', 'void') then
    s.state := 'paid'; s.closed_on := p_on;
  end if;
  if s.charged_off_on is null and s.defaulted_on is not null and not exists (select from unnest(s.rows) x where x.state = 'late') then
    s.defaulted_on := null;
  end if;
  return s;
end $$;
create function plan_begin(t plan_terms, p_orders jsonb) returns plan_state language plpgsql immutable as $$
declare
  s plan_state;
  parts bigint[];
  fees bigint[];
begin
  s.starts_on := case when t.starts_at = 'purchase' then t.began_on when t.latest <> 0 then t.began_on + t.latest end;
  select * into parts, fees from plan_amounts(t, t.principal);
  s.rows := array(select (i, plan_day(t, coalesce(s.starts_on, t.began_on), i), parts[i], fees[i], 0, 0, 0, 0, 0, false, 'scheduled', null, null, null, 1, 1)::plan_row
                    from generate_series(1, t.count) i order by i);
  s.orders := array(select (x->>0, (x->>1)::bigint, 0, 0, null, null)::plan_order from jsonb_array_elements(p_orders) x);
  s.free_until := case when t.pricing = 'daily' then s.rows[1].due_on end;
  s.refunded := 0; s.state := 'active'; s.recovered := 0; s.over := 0; s.reshaped := false; s.accrued := 0; s.converted := false;
  return s;
end $$;
create function plan_fold(p_terms jsonb, p_orders jsonb, p_events jsonb) returns plan_state language plpgsql immutable as $$
declare
  t plan_terms := jsonb_populate_record(null::plan_terms,
    '{"every": "month", "step": 1, "first": 1, "starts_at": "receipt", "latest": 0, "closes": 0, "pay_days": 0, "least_ppm": 0, "least": 0}' || p_terms);
  s plan_state := plan_begin(t, p_orders);
  e record;
begin
  for e in
    select x->>'kind' as kind, (x->>'on')::date as at, (x->>'amount')::bigint as amount, coalesce((x->'details'->>'row')::int, 0) as i,
           x->>'ref' as ref, x->'details' as details
      from jsonb_array_elements(p_events) x
     where (x->>'entry')::int >= coalesce((select max((y->>'entry')::int) from jsonb_array_elements(p_events) y where y->>'kind' = 'opening'), 0)
     order by x->>'kind' not in ('opening', 'lent'), (x->>'on')::date, (x->>'entry')::int loop
    s := plan_step(s, t, e.kind, e.at, e.amount, e.i, e.ref, e.details);
  end loop;
  return s;
end $$;
"""
FOLLOWS = """
create function loan_must_fold(p_id bigint) returns void language plpgsql security definer as $$
declare
  l loan;
  s plan_state;
begin
  select * into l from loan where id = p_id;
  s := plan_fold(l.terms || jsonb_build_object('principal', l.principal, 'began_on', l.began_on),
    (select jsonb_agg(jsonb_build_array(o.order_number, o.amount) order by o.id) from loan_order o where o.loan_id = p_id),
    (select jsonb_agg(to_jsonb(e)) from (
       select v.kind, v."on", v.entry, v.amount, v.ref, v.details from loan_event v where v.loan_id = p_id and v.key <> 'paid' and v.kind in (
         'opening', 'lent', 'shipped', 'received', 'paused', 'resumed', 'due', 'late', 'late_fee', 'waived', 'no_late_fee', 'forgiven', 'rescheduled',
         'paid', 'settled', 'withdrawn', 'overpaid', 'refunded', 'charged_back', 'billed', 'converted', 'default', 'charged_off')) e));
  if (l.refunded, l.state, l.starts_on, l.defaulted_on, l.charged_off_on, l.closed_on, l.recovered)
     is distinct from (s.refunded, s.state, s.starts_on, s.defaulted_on, s.charged_off_on, s.closed_on, s.recovered) then
    raise exception 'loan % is not what its events make it', l.number using errcode = 'integrity_constraint_violation';
  elsif exists (
       select from (select i.number, i.due_on, i.principal, i.fee, i.late_fee, i.principal_paid, i.fee_paid, i.late_fee_paid, i.paused, i.fee_free,
                           i.state, i.accrued_on, i.late_fee_on, i.paid_on from installment i where i.loan_id = p_id) i
         full join unnest(s.rows) r on r.number = i.number
        where (i.number, i.due_on, i.principal, i.fee, i.late_fee, i.principal_paid, i.fee_paid, i.late_fee_paid, i.paused, i.fee_free,
               i.state, i.accrued_on, i.late_fee_on, i.paid_on)
          is distinct from (r.number, r.due_on, r.principal, r.fee, r.late_fee, r.principal_paid, r.fee_paid, r.late_fee_paid, r.paused, r.fee_free,
               r.state, r.accrued_on, r.late_fee_on, r.paid_on)) then
    raise exception 'a row of loan % is not what its events make it', l.number using errcode = 'integrity_constraint_violation';
  elsif exists (
       select from (select o.* from loan_order o where o.loan_id = p_id) o full join unnest(s.orders) f on f.number = o.order_number
        where (o.order_number, o.refunded, o.paused, o.shipped_on, o.received_on)
          is distinct from (f.number, f.refunded, f.paused, f.shipped_on, f.received_on)) then
    raise exception 'an order of loan % is not what its events make it', l.number using errcode = 'integrity_constraint_violation';
  end if;
end $$;
create function loan_to_fold(p_id bigint) returns void language plpgsql security definer as $$
begin
  insert into to_fold as t (book, contract_id, changes) values ('shoppers', p_id, 1)
    on conflict (book, contract_id) do update set changes = t.changes + 1;
end $$;
create function to_fold_is_folded() returns trigger language plpgsql security definer as $$
begin
  if exists (select from to_fold t where (t.book, t.contract_id, t.changes) = (new.book, new.contract_id, new.changes)) then
    perform loan_must_fold(new.contract_id);
  end if;
  return null;
end $$;
create constraint trigger to_fold_is_folded after insert or update on to_fold
  deferrable initially deferred for each row execute function to_fold_is_folded();
create function loan_opening_refused() returns trigger language plpgsql as $$
begin
  raise exception 'only a migration opens a plan' using errcode = 'integrity_constraint_violation';
end $$;
create trigger loan_opening_refused before insert on loan_event
  for each row when (new.kind = 'opening') execute function loan_opening_refused();
"""
SHORT = "  if life.opened then return false; end if;\n  perform loan_parts_must_follow(p_id);\n  if life.bent or l.terms->>'pricing' = 'daily' then return false; end if;\n"
WHOLE = """  if exists (
       select from loan_event v where v.loan_id = p_id and v.key <> 'paid' and (
         v.kind in ('shipped', 'received', 'paused', 'resumed', 'refunded') and not exists (
           select from loan_order o where o.loan_id = p_id
              and o.order_number = case v.kind when 'refunded' then v.details->>'order' else v.ref end)
         or v.kind in ('due', 'late', 'late_fee', 'waived', 'no_late_fee', 'forgiven') and not exists (
           select from installment i where i.loan_id = p_id and i.number = (v.details->>'row')::int)
         or v.kind = 'forgiven' and v.details->>'part' is null)) then
    raise exception 'an event of loan % is of nothing that it has', l.number using errcode = 'integrity_constraint_violation';
  end if;
  if not life.opened then perform loan_parts_must_follow(p_id); end if;
  if p_reshaped or life.opened or life.bent or life.settled or l.terms->>'pricing' = 'daily' then
    perform loan_to_fold(p_id);
    return true;
  end if;
"""
LOAN = "  if tg_table_name = 'loan' then\n    of_id := new.id;\n"
WHEN_IT_BEGINS = LOAN + "    reshaped := tg_op = 'INSERT';\n"
TYPE_NAMES = ("plan_state", "plan_order", "plan_row", "plan_terms")
FUNCTIONS = (
    "loan_opening_refused()",
    "to_fold_is_folded()",
    "loan_to_fold(bigint)",
    "loan_must_fold(bigint)",
    "plan_fold(jsonb, jsonb, jsonb)",
    "plan_begin(plan_terms, jsonb)",
    "plan_step(plan_state, plan_terms, text, date, bigint, int, text, jsonb)",
    "plan_opened(plan_state, jsonb)",
    "plan_move(plan_row, date, date)",
    "plan_start(plan_state, plan_terms)",
    "plan_refund(plan_state, plan_terms, text, bigint, bigint, date)",
    "plan_pay(plan_state, plan_terms, text, bigint, text, date)",
    "plan_ahead(plan_state, plan_terms, text, bigint, date)",
    "plan_charge(plan_state, date)",
    "plan_unpay(plan_state, bigint, date, boolean)",
    "plan_take(plan_state, date, bigint, date)",
    "plan_pause(plan_state, plan_terms)",
    "plan_rebuilt(plan_state, plan_terms, bigint)",
    "plan_day(plan_terms, date, int)",
    "plan_statement(plan_terms, date)",
    "plan_amounts(plan_terms, bigint)",
    "plan_scaled(bigint[], numeric, numeric)",
    "plan_spread(numeric, numeric, int)",
    "plan_round(numeric, numeric)",
)


def _before() -> tuple[str, str]:
    """The two functions of `loans_follow`."""
    file = Path(__file__).with_name("20261126_0820_loans_follow.py")
    spec = spec_from_file_location("loans_follow", file)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    rows, follows = str(module.ROWS), str(module.FOLLOWS).partition("create constraint")[0]
    return tuple(each.replace("create function", "create or replace function") for each in (rows, follows))  # type: ignore[return-value]


def upgrade() -> None:
    op.create_table(
        "to_fold",
        sa.Column("book", sa.String(10), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("book", "contract_id", name=op.f("pk_to_fold")),
    )
    rows, follows = _before()
    assert rows.count(SHORT) == 1 and follows.count(LOAN) == 1
    now = (rows.replace(SHORT, WHOLE), follows.replace(LOAN, WHEN_IT_BEGINS))
    for statements in (TYPES, AMOUNTS, MONEY, LIFE, FOLLOWS, *now):
        op.execute(statements.replace(":", "\\:"))


def downgrade() -> None:
    for statements in _before():
        op.execute(statements.replace(":", "\\:"))
    op.execute("drop trigger loan_opening_refused on loan_event")
    op.drop_table("to_fold")
    for function in FUNCTIONS:
        op.execute(f"drop function {function}")
    for name in TYPE_NAMES:
        op.execute(f"drop type {name}")
