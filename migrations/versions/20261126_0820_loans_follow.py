"""let no commit leave a plan other than its events make it

What a loan's payments, orders and rows say follows from its events, which nobody can change. Payments and orders are added up of every plan; the rows of a plan that was never reshaped (refund, payment
ahead, relief, price by the day) are folded again, step by step. Rows of a reshaped plan change only beside an event of the same transaction. Deployed while the previous release still runs: rules that
its code keeps already.
"""

from alembic import op

revision = "loans_follow"
down_revision = "place"
branch_labels = None
depends_on = None

# what is paid and given back, of any plan; kinds and order of events as in finance.lending.life
PARTS = """
create function loan_parts_must_follow(p_id bigint) returns void language plpgsql security definer as $$
declare
  o record;
  e record;
  held bigint;
  given bigint;
begin
  if exists (
       select from (select entry, amount, "on", row_number() over (order by entry) as n from loan_event
                     where loan_id = p_id and kind in ('paid', 'settled', 'withdrawn') and key <> 'paid') v
         full join (select amount, "on", returned, row_number() over (order by id) as n from loan_payment
                     where loan_id = p_id) p on p.n = v.n
        where (v.amount, v."on", (
            select coalesce(sum(case when g.kind = 'charged_back' then g.amount else (q.part->>1)::bigint end), 0)
              from loan_event g
              left join lateral jsonb_array_elements(g.details->'payers') q (part) on g.kind <> 'charged_back'
             where g.loan_id = p_id and g.kind in ('charged_back', 'refunded', 'overpaid')
               and v.entry = case when g.kind = 'charged_back' then (g.details->>'payment')::int else (q.part->>0)::int end))
          is distinct from (p.amount, p."on", p.returned)) then
    raise exception 'the payments of loan % are not those of its events', p_id
      using errcode = 'integrity_constraint_violation';
  end if;
  for o in select x.*, l.refunded as whole from loan_order x join loan l on l.id = x.loan_id where x.loan_id = p_id loop
    held := 0; given := 0;
    for e in select v.kind, v.amount, v.details->>'order' as of_order from loan_event v
              where v.loan_id = p_id and v.kind in ('paused', 'resumed', 'refunded')
                and o.order_number = case v.kind when 'refunded' then v.details->>'order' else v.ref end
              order by v."on", v.entry loop
      if e.kind = 'refunded' then
        given := given + e.amount;
        held := least(held, o.amount - given);
      else
        held := greatest(0, least(o.amount - given, held + case e.kind when 'paused' then e.amount else -e.amount end));
      end if;
    end loop;
    if (o.refunded, o.paused) <> (given, held)
       or not exists (
         select from loan_event v where v.loan_id = p_id and v.kind in ('shipped', 'received') and v.ref = o.order_number
         having (min(v."on"), min(v."on") filter (where v.kind = 'received')) is not distinct from (o.shipped_on, o.received_on))
       or o.whole <> (select coalesce(sum(v.amount), 0) from loan_event v where v.loan_id = p_id and v.kind = 'refunded') then
      raise exception 'order % of loan % is not what its events make it', o.order_number, p_id
        using errcode = 'integrity_constraint_violation';
    end if;
  end loop;
end $$;
"""

# true: the rows are what the events make of them; false: a plan that was reshaped, not folded here
ROWS = """
create function loan_must_follow(p_id bigint, p_reshaped boolean) returns boolean language plpgsql security definer as $$
declare
  l loan;
  life record;
  e record;
  r record;
  n int;
  start date;
  numbers int[]; due date[]; p bigint[]; f bigint[];
  lf bigint[]; pp bigint[]; fp bigint[]; lfp bigint[];
  st text[]; acc date[]; lfo date[]; po date[]; ff boolean[];
  state text := 'active';
  defaulted date; lost date; closed date;
  recovered bigint := 0; rest bigint; part bigint; used bigint;
begin
  select * into l from loan where id = p_id;
  select bool_or(kind = 'opening') as opened,
         bool_or(kind in ('opening', 'paused', 'resumed', 'refunded', 'rescheduled', 'withdrawn', 'overpaid', 'billed', 'converted')
           or kind in ('paid', 'settled') and details ? 'extra'
           or kind = 'forgiven' and details->>'part' is distinct from 'late_fee') as bent,
         bool_or(kind = 'settled') as settled
    into life from loan_event where loan_id = p_id;
  if life.opened is null then
    raise exception 'nothing has happened to loan %', l.number using errcode = 'integrity_constraint_violation';
  end if;
  if life.opened then return false; end if;
  perform loan_parts_must_follow(p_id);
  if life.bent or l.terms->>'pricing' = 'daily' then return false; end if;
  select array_agg(number order by number), array_agg(due_on order by number),
         array_agg(principal order by number), array_agg(fee order by number), count(*)
    into numbers, due, p, f, n from installment where loan_id = p_id;
  lf := array_fill(0::bigint, array[n]); pp := lf; fp := lf; lfp := lf;
  st := array_fill('scheduled'::text, array[n]); ff := array_fill(false, array[n]);
  acc := array_fill(null::date, array[n]); lfo := acc; po := acc;
  for e in select v.kind, v."on", v.amount, coalesce((v.details->>'row')::int, 0) as i, v.details->>'part' as part from loan_event v
            where v.loan_id = p_id and v.key <> 'paid' and v.kind in ('shipped', 'received', 'due', 'late', 'late_fee', 'waived',
              'no_late_fee', 'forgiven', 'paid', 'settled', 'charged_back', 'default', 'charged_off')
            order by v."on", v.entry loop
    if e.i > n then
      raise exception 'loan % has no row %', l.number, e.i using errcode = 'integrity_constraint_violation';
    end if;
    case
      when e.kind in ('shipped', 'received') then null;
      when e.kind = 'due' then
        acc[e.i] := coalesce(acc[e.i], e."on");
        if st[e.i] = 'scheduled' then
          st[e.i] := case when p[e.i] + f[e.i] + lf[e.i] > pp[e.i] + fp[e.i] + lfp[e.i] then 'due' else 'paid' end;
        end if;
      when e.kind = 'late' then
        if st[e.i] = 'due' and p[e.i] + f[e.i] + lf[e.i] > pp[e.i] + fp[e.i] + lfp[e.i] then st[e.i] := 'late'; end if;
      when e.kind in ('late_fee', 'waived', 'no_late_fee') then
        lfo[e.i] := e."on";
        if st[e.i] = 'late' and e.kind = 'late_fee' and lost is null then lf[e.i] := lf[e.i] + e.amount; end if;
      when e.kind = 'forgiven' then
        lf[e.i] := lf[e.i] - least(e.amount, lf[e.i] - lfp[e.i]);
      when e.kind in ('paid', 'settled') then
        rest := e.amount;
        if e.kind = 'settled' and rest >= (select sum(x) from unnest(p) x) - (select sum(x) from unnest(pp) x) then
          for i in 1..n loop
            if acc[i] is null and p[i] + f[i] > 0 then
              f[i] := 0; ff[i] := true; acc[i] := e."on";
            end if;
          end loop;
        end if;
        for i in 1..n loop
          exit when rest = 0;
          part := least(rest, lf[i] - lfp[i]);
          lfp[i] := lfp[i] + part; rest := rest - part; used := part;
          part := least(rest, f[i] - fp[i]);
          fp[i] := fp[i] + part; rest := rest - part; used := used + part;
          if part > 0 then acc[i] := coalesce(acc[i], e."on"); end if;
          part := least(rest, p[i] - pp[i]);
          pp[i] := pp[i] + part; rest := rest - part; used := used + part;
          if used > 0 and lost is null then acc[i] := coalesce(acc[i], e."on"); end if;
          if lost is not null then recovered := recovered + used; end if;
        end loop;
      when e.kind = 'charged_back' then
        rest := e.amount;
        for i in reverse n..1 loop
          used := least(rest, pp[i]); pp[i] := pp[i] - used; rest := rest - used;
          part := least(rest, fp[i]); fp[i] := fp[i] - part; rest := rest - part; used := used + part;
          part := least(rest, lfp[i]); lfp[i] := lfp[i] - part; rest := rest - part; used := used + part;
          if used > 0 then
            po[i] := null;
            if st[i] in ('paid', 'void') then st[i] := case when due[i] <= e."on" then 'due' else 'scheduled' end; end if;
            if state = 'paid' then state := 'active'; closed := null; end if;
            if lost is not null then recovered := recovered - used; end if;
          end if;
        end loop;
      when e.kind = 'default' then
        for i in 1..n loop
          if state = 'active' and st[i] in ('due', 'late') and p[i] + f[i] + lf[i] > pp[i] + fp[i] + lfp[i] then defaulted := e."on"; end if;
        end loop;
      else
        if state = 'active' then lost := e."on"; closed := e."on"; state := 'charged_off'; end if;
    end case;
    if e.kind not in ('default', 'charged_off') then
      rest := 0;
      for i in 1..n loop
        part := p[i] + f[i] + lf[i] - pp[i] - fp[i] - lfp[i];
        rest := rest + part;
        if part = 0 and st[i] not in ('paid', 'void') then
          st[i] := case when p[i] + f[i] + lf[i] > 0 then 'paid' else 'void' end;
          po[i] := e."on";
        elsif p[i] + f[i] + lf[i] = 0 then
          st[i] := 'void';
        end if;
      end loop;
      if rest = 0 and state <> 'paid' then state := 'paid'; closed := e."on"; end if;
      if lost is null and not 'late' = any(st) then defaulted := null; end if;
    end if;
  end loop;
  start := l.began_on + nullif((l.terms->>'latest')::int, 0);
  if l.terms->>'starts_at' = 'purchase' then
    start := l.began_on;
  else
    select coalesce(case when bool_and(x.at is not null) then least(greatest(l.began_on, max(x.at)), start) end, start) into start
      from (select case l.terms->>'starts_at' when 'shipping' then o.shipped_on else o.received_on end as at
              from loan_order o where o.loan_id = p_id) x;
  end if;
  if (l.state, l.starts_on, l.defaulted_on, l.charged_off_on, l.closed_on, l.recovered)
     is distinct from (state, start, defaulted, lost, closed, recovered)
     or n <> l.months or numbers <> array(select generate_series(1, n))
     or p_reshaped and not life.settled then
    raise exception 'loan % is not what its events make it', l.number
      using errcode = 'integrity_constraint_violation';
  end if;
  start := coalesce(l.starts_on, l.began_on);
  for r in select * from installment where loan_id = p_id loop
    part := (l.terms->>'first')::int + (r.number - 1) * (l.terms->>'step')::int;
    if (r.fee, r.late_fee, r.principal_paid, r.fee_paid, r.late_fee_paid, r.paused)
       <> (f[r.number], lf[r.number], pp[r.number], fp[r.number], lfp[r.number], 0)
       or (r.state, r.accrued_on, r.late_fee_on, r.paid_on, r.fee_free)
          is distinct from (st[r.number], acc[r.number], lfo[r.number], po[r.number], ff[r.number])
       or r.due_on <> (start + case l.terms->>'every' when 'day' then make_interval(days => part::int)
                                                      else make_interval(months => part::int) end)::date then
      raise exception 'row % of loan % is not what its events make it', r.number, l.number
        using errcode = 'integrity_constraint_violation';
    end if;
  end loop;
  return true;
end $$;
"""

# A row that falls due or is late beside its event needs no fold: the day does that by the thousand.
FOLLOWS = """
create function loan_follows() returns trigger language plpgsql as $$
declare
  of_id bigint;
  reshaped boolean := false;
  folded boolean;
begin
  if tg_table_name = 'loan' then
    of_id := new.id;
  else
    of_id := new.loan_id;
  end if;
  if tg_table_name = 'loan_event' then
    if new.kind in ('due', 'late') then
      if exists (select from loan_event e join installment i on i.loan_id = e.loan_id and i.number = (e.details->>'row')::int
                  where e.id = new.id and i.xmin = e.xmin and i.state = e.kind and i.accrued_on is not null
                    and (e.kind = 'late' or i.due_on = e."on")) then
        return null;
      end if;
    elsif new.kind not in ('opening', 'lent', 'shipped', 'received', 'paused', 'resumed', 'late_fee', 'waived', 'no_late_fee', 'paid',
        'settled', 'withdrawn', 'overpaid', 'refunded', 'charged_back', 'forgiven', 'rescheduled', 'default', 'charged_off', 'billed', 'converted')
        or new.key = 'paid' then
      return null;
    end if;
  elsif tg_table_name = 'installment' then
    if tg_op = 'INSERT' then
      if new.state = 'scheduled' and new.accrued_on is null and new.late_fee_on is null and not new.fee_free
         and new.late_fee + new.principal_paid + new.fee_paid + new.late_fee_paid + new.paused = 0
         and exists (select from loan l where l.id = of_id and new.number between 1 and l.months) then
        return null;
      end if;
    else
      reshaped := (old.principal, old.fee) <> (new.principal, new.fee);
      if (old.state, new.state) in (('scheduled', 'due'), ('due', 'late'))
         and (old.due_on, old.principal, old.fee, old.late_fee, old.principal_paid, old.fee_paid, old.late_fee_paid, old.paused, old.fee_free)
           = (new.due_on, new.principal, new.fee, new.late_fee, new.principal_paid, new.fee_paid, new.late_fee_paid, new.paused, new.fee_free)
         and (new.accrued_on, new.late_fee_on, new.paid_on) is not distinct from
           (case new.state when 'due' then coalesce(old.accrued_on, new.due_on) else old.accrued_on end, old.late_fee_on, old.paid_on)
         and new.principal + new.fee + new.late_fee > new.principal_paid + new.fee_paid + new.late_fee_paid
         and exists (select from installment i join loan_event e on e.loan_id = i.loan_id
                      and e.key = new.state || ':' || new.number || ':' || new.due_on
                      where i.id = new.id and e.xmin = i.xmin and e.kind = new.state and (e.details->>'row')::int = new.number) then
        return null;
      end if;
    end if;
  end if;
  folded := loan_must_follow(of_id, reshaped);
  if not folded and tg_table_name = 'installment' and not exists (
       select from installment i join loan_event e on e.loan_id = i.loan_id where i.id = new.id and e.xmin = i.xmin) then
    raise exception 'row % of loan % changed and nothing has happened to it', new.number, of_id
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger loan_event_follows after insert on loan_event
  deferrable initially deferred for each row execute function loan_follows();
create constraint trigger installment_follows after insert or update on installment
  deferrable initially deferred for each row execute function loan_follows();
create constraint trigger loan_payment_follows after insert or update on loan_payment
  deferrable initially deferred for each row execute function loan_follows();
create constraint trigger loan_order_follows after insert or update on loan_order
  deferrable initially deferred for each row execute function loan_follows();
create constraint trigger loan_follows
  after insert or update of refunded, state, starts_on, defaulted_on, charged_off_on, closed_on, recovered on loan
  deferrable initially deferred for each row execute function loan_follows();
"""
TRIGGERS = {
    "loan_event_follows": "loan_event",
    "installment_follows": "installment",
    "loan_payment_follows": "loan_payment",
    "loan_order_follows": "loan_order",
    "loan_follows": "loan",
}


def upgrade() -> None:
    for statements in (PARTS, ROWS, FOLLOWS):
        op.execute(statements.replace(":", "\\:"))


def downgrade() -> None:
    for name, table in TRIGGERS.items():
        op.execute(f"drop trigger {name} on {table}")
    op.execute("drop function loan_follows()")
    op.execute("drop function loan_must_follow(bigint, boolean)")
    op.execute("drop function loan_parts_must_follow(bigint)")
