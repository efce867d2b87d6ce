"""let no commit leave an advance, its parts and its rows other than the fold of all its events

The fold of finance.capital.fold is said once more in SQL, for all four products; an advance is folded once a transaction, as plans are (`to_fold`). Deployed while the previous release still runs: rules that its
code keeps already.
"""

from alembic import op

revision = "advances_fold"
down_revision = "reshaped_plans_fold"
branch_labels = None
depends_on = None

TYPES = """
create type advance_part as (line_id bigint, order_number text, principal bigint, paid bigint, recourse bigint, due_on date, micro bigint,
  interest bigint, interest_paid bigint, accrued_until date, closed_on date, why text);
create type advance_part_row as (number int, due_on date, principal bigint, principal_paid bigint, interest bigint, interest_paid bigint, fell_due boolean);
create type advance_state as (product text, began_on date, principal bigint, fee bigint, rate_ppm bigint, forecast_days int, free_days int, kept_ppm int,
  fee_charged bigint, fee_paid bigint, share_ppm int, share_agreed_ppm int, share_max_ppm int, minimums jsonb, state text, closed_on date,
  principal_paid bigint, principal_forgiven bigint, fee_forgiven bigint, micro bigint, accrued_until date, carry bigint, minimums_met int,
  minimums_missed int, paused_until date, recovered bigint, lost bigint, parts advance_part[], rows advance_part_row[]);
"""
# finance.capital.fold.orders, .term and .sales; amounts are whole, interest in millionths
FOLD = """
create function advance_split(p bigint, p_weights bigint[]) returns bigint[] language plpgsql immutable as $$
begin
  return (select array_agg(x.part + case when x.place <= p - x.whole then 1 else 0 end order by x.i) from (
    select v.i, div(v.exact - v.rest, v.total)::bigint as part, sum(div(v.exact - v.rest, v.total)) over () as whole,
           row_number() over (order by v.rest desc, v.i) as place
      from (select w.i, w.total, w.exact, mod(mod(w.exact, w.total) + w.total, w.total) as rest
              from (select p::numeric * u.weight as exact, u.i, sum(u.weight) over () as total
                      from unnest(p_weights) with ordinality u (weight, i)) w) v) x);
end $$;
create function advance_reckon(s advance_state, p_at int, p_on date) returns advance_state language plpgsql immutable as $$
declare
  p advance_part := s.parts[p_at];
  fresh bigint;
begin
  if p.closed_on is not null or p_on <= p.accrued_until then return s; end if;
  p.micro := p.micro + (p.principal - p.paid - p.recourse) * s.rate_ppm * (p_on - p.accrued_until)
    + case when p.due_on is null then 0 else p.recourse * s.rate_ppm * greatest(0, p_on - greatest(p.accrued_until, p.due_on)) end;
  p.accrued_until := p_on;
  fresh := (p.micro + 500000) / 1000000;
  s.fee_charged := s.fee_charged + fresh - p.interest;
  p.interest := fresh;
  s.parts[p_at] := p;
  return s;
end $$;
create function advance_pay_parts(s advance_state, p_at int[], p_amount bigint, p_on date, p_only_due boolean) returns advance_state
language plpgsql immutable as $$
declare
  p advance_part;
  rest bigint := p_amount;
  fee bigint;
  part bigint;
  i int;
begin
  foreach i in array p_at loop
    p := s.parts[i];
    fee := least(rest, p.interest - p.interest_paid);
    part := least(rest - fee, case when p_only_due then p.recourse else p.principal - p.paid end);
    p.interest_paid := p.interest_paid + fee;
    p.recourse := greatest(0, p.recourse - part);
    p.paid := p.paid + part;
    rest := rest - fee - part;
    if p.paid = p.principal and p.interest = p.interest_paid then p.closed_on := p_on; end if;
    s.principal_paid := s.principal_paid + part;
    s.fee_paid := s.fee_paid + fee;
    s.parts[i] := p;
  end loop;
  return s;
end $$;
create function advance_due_apart(p advance_part, p_amount bigint, p_due date, p_why text) returns advance_part language plpgsql immutable as $$
begin
  p.recourse := least(p.principal - p.paid, p.recourse + p_amount);
  p.due_on := p_due;
  p.why := left(p_why, 160);
  return p;
end $$;
create function advance_of_orders(s advance_state, p_kind text, p_on date, p_amount bigint, d jsonb) returns advance_state
language plpgsql immutable as $$
declare
  at int[];
  p advance_part;
  running bigint;
  i int;
begin
  select coalesce(array_agg(x.ordinality::int order by x.ordinality), '{}') into at from unnest(s.parts) with ordinality x
   where x.closed_on is null and case p_kind
     when 'released' then x.order_number = d->>'order'
     when 'refund_due' then x.order_number = d->>'order'
     when 'recourse' then x.recourse <> 0 and (not coalesce(d ? 'orders', false) or d->'orders' ? x.order_number) and (not coalesce((d->>'only_due')::boolean, false) or x.due_on <= p_on)
     when 'lapsed' then x.line_id = (d->>'line')::bigint
     else true end;
  foreach i in array at loop s := advance_reckon(s, i, p_on); end loop;
  if p_kind = 'released' then s := advance_pay_parts(s, at, p_amount, p_on, false);
  elsif p_kind = 'recourse' then s := advance_pay_parts(s, at, p_amount, p_on, true);
  elsif p_kind = 'early' then
    s := advance_pay_parts(s, at, s.principal - s.principal_paid - s.principal_forgiven + s.fee_charged - s.fee_paid - s.fee_forgiven, p_on, false);
  end if;
  foreach i in array at loop
    p := s.parts[i];
    if p_kind = 'released' and p.closed_on is null then
      s.parts[i] := advance_due_apart(p, p.principal - p.paid, p_on + s.free_days, 'Order ' || (d->>'order') || ' released less than its advance.');
    elsif p_kind = 'refund_due' then
      running := p.principal - p.paid - p.recourse;
      if p_amount < (d->>'before')::bigint then
        running := least(running, ceil(running::numeric * p_amount / (d->>'before')::bigint)::bigint);
      end if;
      s.parts[i] := advance_due_apart(p, running, p_on + s.free_days, 'Order ' || (d->>'order') || ' was given back.');
    elsif p_kind = 'lapsed' then
      s.parts[i] := advance_due_apart(p, p.principal - p.paid, p_on, 'Order ' || p.order_number || ' was not received in time.');
    end if;
  end loop;
  return s;
end $$;
create function advance_give_back(s advance_state, p_rebate bigint) returns advance_state language plpgsql immutable as $$
declare
  fee bigint := least(p_rebate, s.fee_charged - s.fee_paid - s.fee_forgiven);
begin
  s.principal_forgiven := s.principal_forgiven + least(p_rebate - fee, s.principal - s.principal_paid - s.principal_forgiven);
  s.fee_forgiven := s.fee_forgiven + fee;
  return s;
end $$;
create function advance_of_sales(s advance_state, p_kind text, p_on date, p_amount bigint, d jsonb) returns advance_state
language plpgsql immutable as $$
declare
  rebate bigint;
  amount bigint;
  ends bigint;
  gross bigint;
  taken bigint;
  parts bigint[];
begin
  if p_kind = 'sales_back' then s.carry := s.carry + p_amount; return s;
  elsif p_kind = 'minimum_met' then s.minimums_met := s.minimums_met + 1; s.share_ppm := s.share_agreed_ppm; return s;
  elsif p_kind = 'minimum_missed' then
    s.minimums_met := s.minimums_met + 1; s.minimums_missed := s.minimums_missed + 1;
    s.share_ppm := (d->>'share_ppm')::int; s.share_max_ppm := greatest(s.share_max_ppm, s.share_ppm);
    return s;
  elsif p_kind = 'share_paused' then s.paused_until := (d->>'until')::date; return s;
  elsif p_kind = 'minimums_changed' then s.minimums := d->'minimums'; return s;
  elsif p_kind = 'sale' and p_on < s.paused_until then return s;
  end if;
  rebate := least(plan_round(s.fee::numeric * greatest(0, s.forecast_days - (p_on - s.began_on)), s.forecast_days),
                  s.fee - ceil(s.fee::numeric * s.kept_ppm / 1000000)::bigint);
  amount := s.principal - s.principal_paid - s.principal_forgiven + s.fee_charged - s.fee_paid - s.fee_forgiven;
  if p_kind in ('sale', 'paid') then
    ends := greatest(amount - rebate, 0);
    amount := least(p_amount, ends);
    if p_kind = 'sale' then
      gross := (d->>'gross')::bigint;
      taken := least(gross, s.carry);
      amount := least(plan_round((gross - taken)::numeric * s.share_ppm, 1000000), amount);
      s.carry := s.carry - taken;
    end if;
    if amount <> 0 and amount = ends then s := advance_give_back(s, rebate); end if;
  else
    s := advance_give_back(s, case p_kind when 'canceled' then s.fee else rebate end);
    amount := s.principal - s.principal_paid - s.principal_forgiven + s.fee_charged - s.fee_paid - s.fee_forgiven;
  end if;
  if amount <> 0 then
    parts := advance_split(amount, array[s.principal - s.principal_paid - s.principal_forgiven, s.fee_charged - s.fee_paid - s.fee_forgiven]);
    s.principal_paid := s.principal_paid + parts[1];
    s.fee_paid := s.fee_paid + parts[2];
  end if;
  return s;
end $$;
create function advance_accrue(s advance_state, p_on date) returns advance_state language plpgsql immutable as $$
begin
  if s.accrued_until is null or p_on > s.accrued_until then
    s.micro := s.micro + (s.principal - s.principal_paid - s.principal_forgiven) * s.rate_ppm
      * greatest(0, p_on - coalesce(s.accrued_until, s.began_on));
    s.accrued_until := p_on;
    s.fee_charged := (s.micro + 500000) / 1000000;
  end if;
  return s;
end $$;
create function advance_term_to_day(s advance_state, p_on date) returns advance_state language plpgsql immutable as $$
declare
  r advance_part_row;
  ahead bigint;
  others bigint;
begin
  for i in 1..coalesce(cardinality(s.rows), 0) loop
    r := s.rows[i];
    if not r.fell_due and r.principal <> 0 and r.due_on <= p_on then
      s := advance_accrue(s, r.due_on);
      select s.fee_paid - coalesce(sum(x.interest_paid), 0), coalesce(sum(x.interest) filter (where x.ordinality <> i), 0)
        into ahead, others from unnest(s.rows) with ordinality x;
      r.fell_due := true;
      r.interest := s.fee_charged - s.fee_forgiven - others;
      r.interest_paid := least(r.interest, ahead);
      s.rows[i] := r;
    end if;
  end loop;
  return advance_accrue(s, p_on);
end $$;
create function advance_of_term(s advance_state, p_kind text, p_on date, p_amount bigint, d jsonb) returns advance_state
language plpgsql immutable as $$
declare
  r advance_part_row;
  rest bigint := p_amount;
  part bigint;
  n int;
  at int[];
  parts bigint[];
begin
  s := advance_term_to_day(s, p_on);
  n := coalesce(cardinality(s.rows), 0);
  if p_kind = 'paid' then
    for i in 1..n loop
      r := s.rows[i];
      continue when not r.fell_due;
      part := least(rest, r.interest - r.interest_paid);
      r.interest_paid := r.interest_paid + part; s.fee_paid := s.fee_paid + part; rest := rest - part;
      part := least(rest, r.principal - r.principal_paid);
      r.principal_paid := r.principal_paid + part; s.principal_paid := s.principal_paid + part; rest := rest - part;
      s.rows[i] := r;
    end loop;
    if coalesce(d->>'how', '') <> '' then
      part := least(rest, s.fee_charged - s.fee_paid - s.fee_forgiven);
      s.fee_paid := s.fee_paid + part;
      rest := least(rest - part, s.principal - s.principal_paid - s.principal_forgiven);
      s.principal_paid := s.principal_paid + rest;
      select array_agg(x.ordinality::int order by x.ordinality), array_agg(x.principal order by x.ordinality) into at, parts
        from unnest(s.rows) with ordinality x where not x.fell_due and x.principal <> 0;
      if d->>'how' = 'smaller' then
        if rest <> 0 then
          parts := advance_split(rest, parts);
          for k in 1..cardinality(at) loop s.rows[at[k]].principal := s.rows[at[k]].principal - parts[k]; end loop;
        end if;
      else
        for k in reverse coalesce(cardinality(at), 0)..1 loop
          part := least(rest, s.rows[at[k]].principal);
          s.rows[at[k]].principal := s.rows[at[k]].principal - part;
          rest := rest - part;
        end loop;
      end if;
    end if;
  elsif p_kind = 'replanned' then
    select coalesce(max(x.number), 0) into part from unnest(s.rows) x;
    for i in 1..n loop
      s.rows[i].principal := s.rows[i].principal_paid; s.rows[i].interest := s.rows[i].interest_paid;
    end loop;
    s.rows := s.rows || array(select (part + place, x->>0, x->>1, 0, 0, 0, false)::advance_part_row
                                from jsonb_array_elements(d->'rows') with ordinality y (x, place) order by place);
  else
    if p_kind = 'canceled' then
      part := least(s.fee_paid, s.principal - s.principal_paid - s.principal_forgiven);
      s.fee_forgiven := s.fee_charged - s.fee_paid;
      s.principal_forgiven := s.principal_forgiven + part;
    end if;
    s.principal_paid := s.principal - s.principal_forgiven;
    s.fee_paid := s.fee_charged - s.fee_forgiven;
    for i in 1..n loop
      s.rows[i].principal_paid := s.rows[i].principal; s.rows[i].interest_paid := s.rows[i].interest;
    end loop;
  end if;
  return s;
end $$;
create function advance_to_day(s advance_state, p_on date) returns advance_state language plpgsql immutable as $$
begin
  if s.state <> 'active' then return s; end if;
  if s.product = 'term_loan' then return advance_term_to_day(s, p_on); end if;
  for i in 1..coalesce(cardinality(s.parts), 0) loop s := advance_reckon(s, i, p_on); end loop;
  return s;
end $$;
create function advance_step(s advance_state, p_kind text, p_on date, p_amount bigint, d jsonb) returns advance_state language plpgsql immutable as $$
declare
  fee bigint;
  principal bigint;
  part bigint;
begin
  if s.product = 'sales_share' and p_kind in ('sale', 'paid', 'sales_back', 'early', 'renewed', 'canceled', 'minimum_met', 'minimum_missed',
       'share_paused', 'minimums_changed') then
    s := advance_of_sales(s, p_kind, p_on, p_amount, d);
  elsif s.product = 'term_loan' and p_kind in ('paid', 'early', 'renewed', 'canceled', 'replanned') then
    s := advance_of_term(s, p_kind, p_on, p_amount, d);
  elsif s.product not in ('sales_share', 'term_loan') and p_kind in ('released', 'refund_due', 'recourse', 'lapsed', 'early') then
    s := advance_of_orders(s, p_kind, p_on, p_amount, d);
  elsif p_kind = 'charged_off' then
    s := advance_to_day(s, p_on);
    s.lost := s.principal - s.principal_paid - s.principal_forgiven + s.fee_charged - s.fee_paid - s.fee_forgiven;
    s.principal_forgiven := s.principal - s.principal_paid;
    s.fee_forgiven := s.fee_charged - s.fee_paid;
    for i in 1..coalesce(cardinality(s.parts), 0) loop s.parts[i].closed_on := coalesce(s.parts[i].closed_on, p_on); end loop;
    s.state := 'charged_off'; s.closed_on := p_on;
  elsif p_kind = 'recovered' then
    s.recovered := s.recovered + p_amount;
  elsif p_kind = 'waived' then
    s := advance_to_day(s, p_on);
    fee := least(p_amount, s.fee_charged - s.fee_paid - s.fee_forgiven);
    principal := least(p_amount - fee, s.principal - s.principal_paid - s.principal_forgiven);
    s.fee_forgiven := s.fee_forgiven + fee; s.principal_forgiven := s.principal_forgiven + principal;
    if s.product = 'term_loan' then
      for i in 1..coalesce(cardinality(s.rows), 0) loop
        part := least(fee, s.rows[i].interest - s.rows[i].interest_paid);
        s.rows[i].interest := s.rows[i].interest - part; fee := fee - part;
        part := least(principal, s.rows[i].principal - s.rows[i].principal_paid);
        s.rows[i].principal := s.rows[i].principal - part; principal := principal - part;
      end loop;
    end if;
  end if;
  if s.state = 'active' and s.principal - s.principal_paid - s.principal_forgiven + s.fee_charged - s.fee_paid - s.fee_forgiven = 0 then
    s.state := case p_kind when 'canceled' then 'canceled' else 'repaid' end;
    s.closed_on := p_on;
    for i in 1..coalesce(cardinality(s.parts), 0) loop s.parts[i].closed_on := coalesce(s.parts[i].closed_on, p_on); end loop;
  end if;
  return s;
end $$;
create function advance_fold(a jsonb, p_parts jsonb, p_events jsonb) returns advance_state language plpgsql immutable as $$
declare
  s advance_state := jsonb_populate_record(null::advance_state, a);
  undone bigint[];
  flat bigint;
  e record;
begin
  flat := case when s.product in ('sales_share', 'early_settlement') then s.fee else 0 end;
  s.fee_charged := flat; s.fee_paid := case s.product when 'early_settlement' then flat else 0 end;
  s.share_ppm := s.share_agreed_ppm; s.share_max_ppm := s.share_agreed_ppm;
  s.minimums := coalesce(a->'terms'->'agreed'->'minimums', '[]');
  s.free_days := (a->'terms'->'product'->>'free_days')::int; s.kept_ppm := (a->'terms'->'product'->>'kept_ppm')::int;
  s.state := 'active'; s.closed_on := null; s.accrued_until := null; s.paused_until := null;
  s.principal_paid := 0; s.principal_forgiven := 0; s.fee_forgiven := 0; s.micro := 0; s.carry := 0;
  s.minimums_met := 0; s.minimums_missed := 0; s.recovered := 0; s.lost := 0;
  s.rows := array(select (place, x->>0, x->>1, 0, 0, 0, false)::advance_part_row
                    from jsonb_array_elements(a->'terms'->'agreed'->'rows') with ordinality y (x, place) order by place);
  s.parts := array(select ((x->>0)::bigint, x->>1, (x->>2)::bigint, 0, 0, null, 0, 0, 0, s.began_on, null, '')::advance_part
                     from jsonb_array_elements(p_parts) with ordinality y (x, place) order by place);
  select coalesce(array_agg((x->'data'->>'of')::bigint), '{}') into undone from jsonb_array_elements(p_events) x where x->>'kind' = 'reversed';
  for e in
    select x->>'kind' as kind, (x->>'on')::date as at, (x->>'amount')::bigint as amount, x->'data' as data from jsonb_array_elements(p_events) x
     where not (x->>'id')::bigint = any(undone) order by (x->>'on')::date, (x->>'id')::bigint loop
    s := advance_step(s, e.kind, e.at, e.amount, e.data);
  end loop;
  return s;
end $$;
"""
FOLLOWS = """
create function advance_must_fold(p_id bigint) returns void language plpgsql security definer as $$
declare
  a advance;
  s advance_state;
  p record;
begin
  select * into a from advance where id = p_id;
  if a.terms = '{}' or a.product = 'sales_share' and not a.terms->'product' ? 'kept_ppm'
     or a.product in ('order_advance', 'early_settlement') and not a.terms->'product' ? 'free_days' then
    return;  -- agreed before these were kept
  end if;
  if exists (select from advance_event v where v.advance_id = p_id and not v.data ?& case
       when v.kind = 'reversed' then array['of']
       when a.product = 'sales_share' and v.kind = 'sale' then array['gross']
       when a.product = 'sales_share' and v.kind = 'minimum_missed' then array['share_ppm']
       when a.product = 'sales_share' and v.kind = 'share_paused' then array['until']
       when a.product = 'sales_share' and v.kind = 'minimums_changed' then array['minimums']
       when a.product = 'term_loan' and v.kind = 'replanned' then array['rows']
       when v.kind = 'released' then array['order']
       when v.kind = 'refund_due' then array['order', 'before']
       when v.kind = 'lapsed' then array['line']
       else '{}'::text[] end) then
    raise exception 'an event of advance % does not say what it is of', a.number using errcode = 'integrity_constraint_violation';
  end if;
  s := advance_fold(to_jsonb(a),
    (select coalesce(jsonb_agg(jsonb_build_array(x.line_id, x.order_number, x.principal) order by x.id), '[]') from pledge x where x.advance_id = p_id),
    (select coalesce(jsonb_agg(jsonb_build_object('id', v.id, 'kind', v.kind, 'on', v."on", 'amount', v.amount, 'data', v.data)), '[]')
       from advance_event v where v.advance_id = p_id));
  if a.product = 'term_loan' then
    if a.accrued_until is not null then s := advance_to_day(s, a.accrued_until); end if;
  else
    for p in select x.accrued_until, (row_number() over (order by x.id))::int as i from pledge x where x.advance_id = p_id loop
      s := advance_reckon(s, p.i, p.accrued_until);
    end loop;
  end if;
  if (a.fee_charged, a.fee_paid, a.share_ppm, a.share_max_ppm, a.minimums, a.state, a.closed_on, a.principal_paid, a.principal_forgiven, a.fee_forgiven,
      a.carry, a.minimums_met, a.minimums_missed, a.paused_until, a.recovered, a.lost)
     is distinct from
     (s.fee_charged, s.fee_paid, s.share_ppm, s.share_max_ppm, s.minimums, s.state, s.closed_on, s.principal_paid, s.principal_forgiven, s.fee_forgiven,
      s.carry, s.minimums_met, s.minimums_missed, s.paused_until, s.recovered, s.lost)
     or a.product = 'term_loan' and (a.micro, coalesce(s.accrued_until, a.accrued_until)) is distinct from (s.micro, a.accrued_until) then
    raise exception 'advance % is not what its events make it', a.number using errcode = 'integrity_constraint_violation';
  elsif exists (
       select from (select x.*, row_number() over (order by x.id) as i from pledge x where x.advance_id = p_id) x
         full join unnest(s.parts) with ordinality f on f.ordinality = x.i
        where (x.line_id, x.paid, x.recourse, x.due_on, x.micro, x.interest, x.interest_paid, x.accrued_until, x.closed_on, x.why)
          is distinct from (f.line_id, f.paid, f.recourse, f.due_on, f.micro, f.interest, f.interest_paid, f.accrued_until, f.closed_on, f.why)) then
    raise exception 'a line of advance % is not what its events make it', a.number using errcode = 'integrity_constraint_violation';
  elsif exists (
       select from (select x.* from advance_row x where x.advance_id = p_id and (x.principal <> 0 or x.interest <> 0)) x
         full join (select * from unnest(s.rows) f where f.principal <> 0 or f.interest <> 0) f on f.number = x.number
        where (x.number, x.due_on, x.principal, x.principal_paid, x.interest, x.interest_paid, x.fell_due)
          is distinct from (f.number, f.due_on, f.principal, f.principal_paid, f.interest, f.interest_paid, f.fell_due)) then
    raise exception 'a part of advance % is not what its events make it', a.number using errcode = 'integrity_constraint_violation';
  elsif a.late_since is distinct from least(
          (select min(f.due_on) from unnest(s.rows) f
            where f.fell_due and f.principal - f.principal_paid + f.interest - f.interest_paid <> 0),
          (select min(f.due_on) from unnest(s.parts) f where f.closed_on is null and f.recourse <> 0))
     or a.next_due_on is distinct from (select min(f.due_on) from unnest(s.rows) f where not f.fell_due and f.principal <> 0) then
    raise exception 'advance % is not late since then', a.number using errcode = 'integrity_constraint_violation';
  end if;
end $$;
create function advance_to_fold(p_id bigint) returns void language plpgsql security definer as $$
begin
  insert into to_fold as t (book, contract_id, changes) values ('sellers', p_id, 1)
    on conflict (book, contract_id) do update set changes = t.changes + 1;
end $$;
create function advance_is_folded() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'advance' then
    perform advance_to_fold(new.id);
  else
    perform advance_to_fold(new.advance_id);
  end if;
  return null;
end $$;
create or replace function to_fold_is_folded() returns trigger language plpgsql security definer as $$
begin
  if not exists (select from to_fold t where (t.book, t.contract_id, t.changes) = (new.book, new.contract_id, new.changes)) then
    return null;
  elsif new.book = 'sellers' then
    perform advance_must_fold(new.contract_id);
  else
    perform loan_must_fold(new.contract_id);
  end if;
  return null;
end $$;
create trigger advance_is_folded after insert or update of fee_charged, fee_paid, share_ppm, share_max_ppm, minimums, state, closed_on, principal_paid,
    principal_forgiven, fee_forgiven, micro, accrued_until, carry, minimums_met, minimums_missed, paused_until, recovered, lost, late_since, next_due_on
  on advance for each row execute function advance_is_folded();
create trigger pledge_is_folded after insert or update on pledge for each row execute function advance_is_folded();
create trigger advance_row_is_folded after insert or update on advance_row for each row execute function advance_is_folded();
create trigger advance_event_is_folded after insert on advance_event for each row execute function advance_is_folded();
"""
LOANS_ONLY = """
create or replace function to_fold_is_folded() returns trigger language plpgsql security definer as $$
begin
  if exists (select from to_fold t where (t.book, t.contract_id, t.changes) = (new.book, new.contract_id, new.changes)) then
    perform loan_must_fold(new.contract_id);
  end if;
  return null;
end $$;
"""
TRIGGERS = {
    "advance_is_folded": "advance",
    "pledge_is_folded": "pledge",
    "advance_row_is_folded": "advance_row",
    "advance_event_is_folded": "advance_event",
}
FUNCTIONS = (
    "advance_is_folded()",
    "advance_to_fold(bigint)",
    "advance_must_fold(bigint)",
    "advance_fold(jsonb, jsonb, jsonb)",
    "advance_step(advance_state, text, date, bigint, jsonb)",
    "advance_to_day(advance_state, date)",
    "advance_of_term(advance_state, text, date, bigint, jsonb)",
    "advance_term_to_day(advance_state, date)",
    "advance_accrue(advance_state, date)",
    "advance_of_sales(advance_state, text, date, bigint, jsonb)",
    "advance_give_back(advance_state, bigint)",
    "advance_of_orders(advance_state, text, date, bigint, jsonb)",
    "advance_due_apart(advance_part, bigint, date, text)",
    "advance_pay_parts(advance_state, int[], bigint, date, boolean)",
    "advance_reckon(advance_state, int, date)",
    "advance_split(bigint, bigint[])",
)
TYPE_NAMES = ("advance_state", "advance_part_row", "advance_part")


def upgrade() -> None:
    for statements in (TYPES, FOLD, FOLLOWS):
        op.execute(statements.replace(":", "\\:"))


def downgrade() -> None:
    for name, table in TRIGGERS.items():
        op.execute(f"drop trigger {name} on {table}")
    op.execute(LOANS_ONLY)
    for function in FUNCTIONS:
        op.execute(f"drop function {function}")
    for name in TYPE_NAMES:
        op.execute(f"drop type {name}")
