"""let one function of the database write the book, and nobody else

`ledger_post` and `ledger_post_all` open accounts, lock them, hold limits, move counters and write journal and transfers in one round trip. The application may call them
and loses every right to write the three tables; not even the owner's raw SQL writes there by mistake. They refuse what no posting in `ledger_posting` declares, and
spread busy accounts over shards. Stop the mall before this migration: the previous release writes rows itself.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "one_function_writes"
down_revision = "sums_at_commit"
branch_labels = None
depends_on = None

ONLY_BOOK = """
create function ledger_only_book() returns trigger language plpgsql as $$
begin
  if current_setting('ledger.by', true) is distinct from 'book' then
    raise exception '% of % is refused: only ledger_post writes the book', tg_op, tg_table_name
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;

create trigger ledger_journal_by_book before insert on ledger_journal
  for each statement execute function ledger_only_book();
create trigger ledger_transfer_by_book before insert on ledger_transfer
  for each statement execute function ledger_only_book();
"""

# Cheaper than CHECKs of the same words: PostgreSQL parses a CHECK anew for every statement.
# One expression says that all is well: PL/pgSQL prepares each expression anew in each transaction.
GUARD = """
create or replace function ledger_guard_account() returns trigger language plpgsql as $$
begin
  if current_setting('ledger.by', true) = 'book'
     and (case when tg_op = 'INSERT' then
            (new.debits_posted, new.credits_posted, new.debits_pending, new.credits_pending, new.version) = (0, 0, 0, 0, 0)
          else (new.id, new.path, new.shard, new.currency, new.code, new.side, new.limited)
             = (old.id, old.path, old.shard, old.currency, old.code, old.side, old.limited) end)
     and least(new.debits_posted, new.credits_posted, new.debits_pending, new.credits_pending, new.version) >= 0
     and (not new.limited or case new.side
            when 'credit' then new.credits_posted - new.debits_posted - new.debits_pending
            else new.debits_posted - new.credits_posted - new.credits_pending end >= 0) then
    return new;
  end if;
  if current_setting('ledger.by', true) is distinct from 'book' then
    raise exception '% of account % is refused: counters move only with transfers', tg_op, new.path
      using errcode = 'restrict_violation';
  elsif tg_op = 'INSERT' then
    raise exception 'account % must open empty', new.path using errcode = 'restrict_violation';
  elsif (new.id, new.path, new.shard, new.currency, new.code, new.side, new.limited)
     is distinct from
     (old.id, old.path, old.shard, old.currency, old.code, old.side, old.limited) then
    raise exception 'account % cannot become another', old.path using errcode = 'restrict_violation';
  end if;
  raise exception 'account % would fall below its limit', old.path using errcode = 'check_violation';
end $$;
"""

# Python's json.dumps escapes what is not ASCII; PostgreSQL's to_json does not.
ASCII = r"""
create function ledger_ascii(t text) returns text language plpgsql immutable as $$
begin
  return (
    select string_agg(case when p between 32 and 126 then c
                           when p < 65536 then '\u' || lpad(to_hex(p), 4, '0')
                           else '\u' || to_hex(55296 + ((p - 65536) >> 10))
                             || '\u' || to_hex(56320 + ((p - 65536) & 1023)) end, '' order by n)
      from (select c, n, ascii(c) as p from regexp_split_to_table(t, '') with ordinality as s (c, n)) x);
end $$;
"""

OPEN = """
create function ledger_open(p_path text, p_currency text, p_shard int) returns void language plpgsql as $$
declare
  kind ledger_chart;
begin
  select * into kind from ledger_chart k where k.code::text = split_part(p_path, ':', 1);
  if not found or p_path !~ ('^' || kind.code || ':' || kind.name
                             || case when kind.owned then ':.+$' else '$' end)
     or p_currency !~ '^[A-Z]{3}$' then
    raise exception 'there is no account % in % in the chart', p_path, p_currency
      using errcode = 'restrict_violation';
  end if;
  insert into ledger_account (id, path, currency, shard, code, side, limited)
  values (nextval('ledger_account_id'), p_path, p_currency, p_shard, kind.code, kind.side, kind.limited)
  on conflict (path, currency, shard) do nothing;
end $$;
"""

# What it answers: null, it is written. 'same:ID', this key stands for this content already.
# 'clash', for another. 'short:MISSING:CURRENCY:PATH', a limited account would end below zero.
# 'unknown', there is no journal to answer; 'form:FORM', it cannot be answered so; 'answered', it was.
# One line that nothing stands in the way of, the most there is, in five statements; whatever else
# comes up is undone and left to the way for all.
_ONE_SIDE = """
      update ledger_account a set {0}s_posted = a.{0}s_posted + p_amounts[1], version = a.version + 1
       where a.path = p_{0}s[1] and a.currency = p_currencies[1]
         and a.shard = case when way.{0}_busy then pg_backend_pid() % 16 else 0 end
         and (not a.limited or a.side = '{0}' or case a.side
                when 'credit' then a.credits_posted - a.debits_posted - a.debits_pending
                else a.debits_posted - a.credits_posted - a.credits_pending end >= p_amounts[1])
      returning a.id, a.version, case a.side when 'credit' then a.credits_posted - a.debits_posted
                                             else a.debits_posted - a.credits_posted end
        into {0}_id, {0}_version, {0}_balance;
"""
_UNDO_ONE = """
      update ledger_account a set {0}s_posted = a.{0}s_posted - p_amounts[1], version = a.version - 1
       where a.id = {0}_id;
"""
_WRITE_ONE = """
        with j as (
          insert into ledger_journal (id, idempotency_key, request_hash, form, kind, ref, business_date, event_at, line_count)
          values (p_id, p_key, digest, 'entry', p_kind, p_ref, p_on, p_at, 1)
          on conflict (idempotency_key) do nothing returning id)
        insert into ledger_transfer (journal_id, line, debit_account_id, credit_account_id, amount,
          debit_version, credit_version, debit_balance, credit_balance, currency, reason, state)
        select j.id, 1, debit_id, credit_id, p_amounts[1], debit_version, credit_version, debit_balance, credit_balance,
               p_currencies[1], p_reasons[1], 'posted' from j;
        if found then
          was := set_config('ledger.by', '', true);
          return null;
        end if;
"""


def _in_turn(first: str, second: str) -> str:
    """Both sides, each locked by its update, in the order of their paths."""
    return f"""{_ONE_SIDE.format(first)}
      if found then {_ONE_SIDE.format(second)}
        if found then {_WRITE_ONE} {_UNDO_ONE.format(second)}
        end if; {_UNDO_ONE.format(first)}
      end if;
"""


_ONE = f"""
  if p_answers is null and p_form = 'entry' and p_expires is null and cardinality(p_amounts) = 1
     and p_amounts[1] > 0 and p_debits[1] <> p_credits[1] and p_key <> ''
     and (cardinality(p_debits), cardinality(p_credits), cardinality(p_currencies), cardinality(p_reasons)) = (1, 1, 1, 1) then
    select * into way from ledger_posting w where w.kind = p_kind
       and w.debit = split_part(p_debits[1], ':', 1)::int and w.credit = split_part(p_credits[1], ':', 1)::int;
    if found then
      content := '[' || to_json(p_kind) || ',' || to_json(p_ref) || ',"' || to_char(p_on, 'YYYY-MM-DD')
        || '",[[' || to_json(p_debits[1]) || ',' || to_json(p_credits[1]) || ',"' || p_amounts[1] || '",'
        || to_json(p_currencies[1]) || ',' || to_json(p_reasons[1]) || ']]]';
      digest := encode(sha256(convert_to(case
        when octet_length(content) <> length(content) or strpos(content, chr(127)) > 0 then ledger_ascii(content)
        else content end, 'UTF8')), 'hex');
      was := set_config('ledger.by', 'book', true);
      if (p_debits[1] collate "C") < p_credits[1] then {_in_turn("debit", "credit")}
      else {_in_turn("credit", "debit")}
      end if;
    end if;
  end if;
"""

POST = """
create function ledger_post(
  p_id bigint, p_key text, p_form text, p_kind text, p_ref text, p_on date, p_at timestamptz,
  p_expires timestamptz, p_answers text, p_why text,
  p_debits text[], p_credits text[], p_amounts bigint[], p_currencies text[], p_reasons text[]
) returns text language plpgsql security definer as $$
declare
  -- the lines, and on which shards of busy accounts they are
  debits text[] := p_debits; credits text[] := p_credits; amounts bigint[] := p_amounts;
  currencies text[] := p_currencies; reasons text[] := p_reasons;
  debit_shards int[]; credit_shards int[];
  n int; here int; way ledger_posting; original ledger_journal; kind text := p_kind; ref text := p_ref;
  resolves bigint; reverses bigint; broken text; content text; digest text; state text;
  posts int := 1; pends int := 0;
  -- the accounts, in the order in which they are locked: what this journal adds, what they were
  paths text[]; moneys text[]; shards int[]; adds bigint[]; takes bigint[]; counts int[];
  ids bigint[]; versions bigint[]; balances bigint[]; credit_normal boolean[];
  debit_id bigint; debit_version bigint; debit_balance bigint; credit_id bigint; credit_version bigint; credit_balance bigint;
  dp bigint; cp bigint; dn bigint; cn bigint; v_id bigint; v_version bigint; v_balance bigint; v_credit boolean;
  d int; c int; debit_ids bigint[]; credit_ids bigint[]; left_behind bigint[];
  dvs bigint[]; cvs bigint[]; dbs bigint[]; cbs bigint[]; outcome text; was text;
begin
  /* one */
  if p_answers is null then
    n := cardinality(amounts);
    if p_form not in ('entry', 'hold') or n is null or n < 1 or p_key = '' or kind = ''
       or p_form <> 'hold' and p_expires is not null
       or (cardinality(debits), cardinality(credits), cardinality(currencies), cardinality(reasons))
          is distinct from (n, n, n, n) then
      raise exception 'journal % makes no sense', p_key using errcode = 'restrict_violation';
    end if;
    here := pg_backend_pid() % 16;
    for i in 1 .. n loop
      select * into way from ledger_posting w where w.kind = p_kind
         and w.debit = split_part(debits[i], ':', 1)::int and w.credit = split_part(credits[i], ':', 1)::int;
      if not found then
        raise exception 'no posting declares % > % in a %', debits[i], credits[i], p_kind
          using errcode = 'restrict_violation';
      end if;
      debit_shards[i] := case when way.debit_busy then here else 0 end;
      credit_shards[i] := case when way.credit_busy then here else 0 end;
    end loop;
  else
    if p_form = 'void' then
      select 'same:' || j.id into outcome from ledger_journal j
       where j.idempotency_key = p_key and j.form = 'void';
      if found then return outcome; end if;
    end if;
    select * into original from ledger_journal j where j.idempotency_key = p_answers for no key update;
    if not found then return 'unknown'; end if;
    if p_form = 'reversal' then
      if original.form not in ('entry', 'settlement') then return 'form:' || original.form; end if;
      kind := original.kind || '.reversed'; reverses := original.id;
    elsif p_form in ('settlement', 'void') then
      if original.form <> 'hold' then return 'form:' || original.form; end if;
      resolves := original.id;
    else
      raise exception 'a % answers nothing', p_form using errcode = 'restrict_violation';
    end if;
    if p_form = 'void' and (kind, p_key) <> ('hold.voided', p_answers || ':' || 'void') then
      raise exception 'a void is called so' using errcode = 'restrict_violation';
    end if;
    ref := original.ref; n := original.line_count;
    select array_agg(x.path order by t.line), array_agg(y.path order by t.line),
           array_agg(x.shard order by t.line), array_agg(y.shard order by t.line),
           array_agg(t.amount order by t.line), array_agg(t.currency::text order by t.line),
           array_agg(case p_form when 'reversal' then p_why else t.reason end order by t.line)
      into debits, credits, debit_shards, credit_shards, amounts, currencies, reasons
      from ledger_transfer t
      join ledger_account x on x.id = case p_form when 'reversal' then t.credit_account_id else t.debit_account_id end
      join ledger_account y on y.id = case p_form when 'reversal' then t.debit_account_id else t.credit_account_id end
     where t.journal_id = original.id;
    if p_form = 'settlement' then
      for i in 1 .. n loop
        perform from ledger_posting w where w.kind = p_kind
           and w.debit = split_part(debits[i], ':', 1)::int and w.credit = split_part(credits[i], ':', 1)::int;
        if not found then
          raise exception 'no posting declares % > % in a %', debits[i], credits[i], p_kind
            using errcode = 'restrict_violation';
        end if;
      end loop;
    end if;
  end if;

  case p_form
    when 'hold' then state := 'pending'; posts := 0; pends := 1;
    when 'settlement' then state := 'settled'; pends := -1;
    when 'void' then state := 'voided'; posts := 0; pends := -1;
    else state := 'posted';
  end case;

  -- the hash is made here, so that nobody can claim another
  if n = 1 then
    content := '[' || to_json(debits[1]) || ',' || to_json(credits[1]) || ',"' || amounts[1] || '",'
      || to_json(currencies[1]) || ',' || to_json(reasons[1]) || ']';
  else
    select string_agg('[' || to_json(l.d) || ',' || to_json(l.c) || ',"' || l.a || '",'
                      || to_json(l.m) || ',' || to_json(l.r) || ']', ',' order by l.i) into content
      from unnest(debits, credits, amounts, currencies, reasons) with ordinality as l (d, c, a, m, r, i);
  end if;
  content := '[' || to_json(kind) || ',' || to_json(ref) || ',"' || to_char(p_on, 'YYYY-MM-DD')
    || '",[' || content || ']]';
  if octet_length(content) <> length(content) or strpos(content, chr(127)) > 0 then
    content := ledger_ascii(content);
  end if;
  digest := encode(sha256(convert_to(content, 'UTF8')), 'hex');

  was := set_config('ledger.by', 'book', true);
  if resolves is not null or reverses is not null then
    perform from ledger_journal j where j.resolves_id = resolves or j.reverses_id = reverses;
    if found then outcome := 'answered'; end if;
  end if;

  if outcome is null then
    if n = 1 then
      if amounts[1] <= 0 or (debits[1], debit_shards[1]) = (credits[1], credit_shards[1]) then
        raise exception 'journal % moves nothing', p_key using errcode = 'restrict_violation';
      end if;
      if (debits[1] collate "C", debit_shards[1]) < (credits[1], credit_shards[1]) then
        d := 1; c := 2;
        paths := array[debits[1], credits[1]]; shards := array[debit_shards[1], credit_shards[1]];
        adds := array[amounts[1], 0]; takes := array[0, amounts[1]];
      else
        d := 2; c := 1;
        paths := array[credits[1], debits[1]]; shards := array[credit_shards[1], debit_shards[1]];
        adds := array[0, amounts[1]]; takes := array[amounts[1], 0];
      end if;
      moneys := array[currencies[1], currencies[1]]; counts := array[1, 1];
    else
      select array_agg(s.path order by s.path collate "C", s.shard, s.money),
             array_agg(s.money order by s.path collate "C", s.shard, s.money),
             array_agg(s.shard order by s.path collate "C", s.shard, s.money),
             array_agg(s.d order by s.path collate "C", s.shard, s.money),
             array_agg(s.c order by s.path collate "C", s.shard, s.money),
             array_agg(s.n order by s.path collate "C", s.shard, s.money)
        into paths, moneys, shards, adds, takes, counts
        from (select x.path, x.shard, x.money, sum(x.d)::bigint as d, sum(x.c)::bigint as c, count(*)::int as n
                from (select l.d as path, l.ds as shard, l.m as money, l.a as d, 0 as c
                        from unnest(debits, debit_shards, currencies, amounts) as l (d, ds, m, a)
                      union all
                      select l.c, l.cs, l.m, 0, l.a
                        from unnest(credits, credit_shards, currencies, amounts) as l (c, cs, m, a)) x
               group by 1, 2, 3) s;
    end if;
    for i in 1 .. cardinality(paths) loop
      dp := adds[i] * posts; cp := takes[i] * posts; dn := adds[i] * pends; cn := takes[i] * pends;
      loop
        update ledger_account a
           set debits_posted = a.debits_posted + dp, credits_posted = a.credits_posted + cp,
               debits_pending = a.debits_pending + dn, credits_pending = a.credits_pending + cn,
               version = a.version + counts[i]
         where a.path = paths[i] and a.currency = moneys[i] and a.shard = shards[i]
           and (not a.limited or case a.side
                  when 'credit' then a.credits_posted + cp - a.debits_posted - dp - a.debits_pending - dn
                  else a.debits_posted + dp - a.credits_posted - cp - a.credits_pending - cn end >= 0)
        returning a.id, a.version, a.side = 'credit',
                  case a.side when 'credit' then a.credits_posted - a.debits_posted
                              else a.debits_posted - a.credits_posted end
          into v_id, v_version, v_credit, v_balance;
        exit when found;
        select case a.side
                 when 'credit' then a.credits_posted + cp - a.debits_posted - dp - a.debits_pending - dn
                 else a.debits_posted + dp - a.credits_posted - cp - a.credits_pending - cn end
          into v_balance from ledger_account a
         where a.path = paths[i] and a.currency = moneys[i] and a.shard = shards[i] for no key update;
        if not found then
          perform ledger_open(paths[i], moneys[i], shards[i]);
        elsif v_balance < 0 then
          outcome := 'short:' || -v_balance || ':' || moneys[i] || ':' || paths[i];
          exit;
        end if;
      end loop;
      exit when outcome is not null;
      ids[i] := v_id; versions[i] := v_version; balances[i] := v_balance; credit_normal[i] := v_credit;
    end loop;
  end if;

  if outcome is null then
    insert into ledger_journal (id, idempotency_key, request_hash, form, kind, ref, business_date,
      event_at, line_count, expires_at, resolves_id, reverses_id)
    values (p_id, p_key, digest, p_form, kind, ref, p_on, p_at, n, p_expires, resolves, reverses)
    on conflict (idempotency_key) do nothing;
    if found then
      if n = 1 then
        insert into ledger_transfer (journal_id, line, debit_account_id, credit_account_id, amount,
          debit_version, credit_version, debit_balance, credit_balance, currency, reason, state)
        values (p_id, 1, ids[d], ids[c], amounts[1], versions[d], versions[c], balances[d], balances[c],
                currencies[1], reasons[1], state);
      else
        for i in 1 .. cardinality(paths) loop
          versions[i] := versions[i] - counts[i];
          balances[i] := balances[i]
            - posts * case when credit_normal[i] then takes[i] - adds[i] else adds[i] - takes[i] end;
        end loop;
        for i in 1 .. n loop
          for k in 1 .. cardinality(paths) loop
            if (paths[k], moneys[k], shards[k]) = (debits[i], currencies[i], debit_shards[i]) then d := k; end if;
            if (paths[k], moneys[k], shards[k]) = (credits[i], currencies[i], credit_shards[i]) then c := k; end if;
          end loop;
          versions[d] := versions[d] + 1; versions[c] := versions[c] + 1;
          balances[d] := balances[d] + posts * case when credit_normal[d] then -amounts[i] else amounts[i] end;
          balances[c] := balances[c] + posts * case when credit_normal[c] then amounts[i] else -amounts[i] end;
          debit_ids[i] := ids[d]; credit_ids[i] := ids[c]; dvs[i] := versions[d]; cvs[i] := versions[c];
          dbs[i] := balances[d]; cbs[i] := balances[c];
        end loop;
        insert into ledger_transfer (journal_id, line, debit_account_id, credit_account_id, amount,
          debit_version, credit_version, debit_balance, credit_balance, currency, reason, state)
        select p_id, l.i, l.d, l.c, l.a, l.dv, l.cv, l.db, l.cb, l.m, l.r, state
          from unnest(debit_ids, credit_ids, amounts, dvs, cvs, dbs, cbs, currencies, reasons)
            with ordinality as l (d, c, a, dv, cv, db, cb, m, r, i);
      end if;
      was := set_config('ledger.by', '', true);
      return null;
    end if;
  end if;

  -- nothing is written: the counters go back, and whoever wrote this key before is seen
  for i in 1 .. coalesce(cardinality(ids), 0) loop
    update ledger_account a
       set debits_posted = a.debits_posted - adds[i] * posts, credits_posted = a.credits_posted - takes[i] * posts,
           debits_pending = a.debits_pending - adds[i] * pends, credits_pending = a.credits_pending - takes[i] * pends,
           version = a.version - counts[i]
     where a.id = ids[i];
  end loop;
  was := set_config('ledger.by', '', true);
  select case when (j.request_hash, j.form) = (digest, p_form) then 'same:' || j.id else 'clash' end
    into broken from ledger_journal j where j.idempotency_key = p_key;
  return coalesce(broken, outcome, 'clash');
end $$;
""".replace("/* one */", _ONE)

# Many journals at once: p_heads [[id, key, kind, ref, on], …], p_lines [[journal's place, debit,
# credit, amount, currency, reason], …]. It answers: '' when all are written, 'same:{key: id, …}'
# when some stood there before, 'clash:KEY', 'short:MISSING:CURRENCY:PATH', 'meanwhile'.
POST_ALL = """
create function ledger_post_all(p_at timestamptz, p_heads jsonb, p_lines jsonb) returns text
language plpgsql security definer as $$
declare
  here int := pg_backend_pid() % 16;
  j_ids bigint[]; j_keys text[]; j_hashes text[]; j_kinds text[]; j_refs text[]; j_dates date[]; j_counts int[];
  j_fresh boolean[]; same jsonb; broken text; was text; n int;
  l_journals int[]; l_places int[]; debits text[]; credits text[]; amounts bigint[]; currencies text[]; reasons text[];
  debit_shards int[]; credit_shards int[];
begin
  select array_agg(l.v ->> 1), array_agg(l.v ->> 2), array_agg((l.v ->> 3)::bigint), array_agg(l.v ->> 4),
         array_agg(l.v ->> 5), array_agg((l.v ->> 0)::int)
    into debits, credits, amounts, currencies, reasons, l_journals
    from jsonb_array_elements(p_lines) as l (v);

  select string_agg(distinct format('%s > %s in a %s', l.d, l.c, h.v ->> 2), ', ')
         filter (where w.kind is null),
         array_agg(case when w.debit_busy then here else 0 end order by l.i),
         array_agg(case when w.credit_busy then here else 0 end order by l.i),
         array_agg(l.place order by l.i)
    into broken, debit_shards, credit_shards, l_places
    from (select x.*, row_number() over (partition by x.j order by x.i)::int as place
            from unnest(debits, credits, l_journals) with ordinality as x (d, c, j, i)) l
    left join (select v, i from jsonb_array_elements(p_heads) with ordinality as h (v, i)) h on h.i = l.j
    left join ledger_posting w on w.kind = h.v ->> 2
         and w.debit = split_part(l.d, ':', 1)::int and w.credit = split_part(l.c, ':', 1)::int;
  if broken is not null then
    raise exception 'no posting declares %', broken using errcode = 'restrict_violation';
  end if;

  -- the hash is made here, so that nobody can claim another
  select array_agg((h.v ->> 0)::bigint order by h.i), array_agg(h.v ->> 1 order by h.i),
         array_agg(h.v ->> 2 order by h.i), array_agg(h.v ->> 3 order by h.i),
         array_agg((h.v ->> 4)::date order by h.i), array_agg(coalesce(l.n, 0) order by h.i),
         array_agg(encode(sha256(convert_to(case
           when octet_length(x.t) <> length(x.t) or strpos(x.t, chr(127)) > 0 then ledger_ascii(x.t)
           else x.t end, 'UTF8')), 'hex') order by h.i)
    into j_ids, j_keys, j_kinds, j_refs, j_dates, j_counts, j_hashes
    from jsonb_array_elements(p_heads) with ordinality as h (v, i)
    left join (select u.j, count(*)::int as n,
                      string_agg('[' || to_json(u.d) || ',' || to_json(u.c) || ',"' || u.a || '",'
                                 || to_json(u.m) || ',' || to_json(u.r) || ']', ',' order by u.i) as told
                 from unnest(l_journals, debits, credits, amounts, currencies, reasons)
                   with ordinality as u (j, d, c, a, m, r, i)
                group by u.j) l on l.j = h.i
    cross join lateral (select '[' || to_json(h.v ->> 2) || ',' || to_json(h.v ->> 3) || ',"'
                        || to_char((h.v ->> 4)::date, 'YYYY-MM-DD') || '",[' || l.told || ']]' as t) x;

  was := set_config('ledger.by', 'book', true);
  loop
    perform ledger_open(m.path, m.currency, m.shard)
       from (select u.d as path, u.m as currency, u.s as shard from unnest(debits, currencies, debit_shards) as u (d, m, s)
             union select u.c, u.m, u.s from unnest(credits, currencies, credit_shards) as u (c, m, s)) m
      where not exists (select from ledger_account a
                         where a.path = m.path and a.currency = m.currency and a.shard = m.shard);
    exit when not found;
  end loop;
  perform from ledger_account a
    join (select u.d as path, u.m as currency, u.s as shard from unnest(debits, currencies, debit_shards) as u (d, m, s)
          union select u.c, u.m, u.s from unnest(credits, currencies, credit_shards) as u (c, m, s)) m
      on a.path = m.path and a.currency = m.currency and a.shard = m.shard
   order by a.path collate "C", a.shard, a.currency for no key update of a;

  -- the locks are held, so whoever wrote one of the keys has committed and is seen
  select array_agg(j.id is null order by h.i), jsonb_object_agg(h.k, j.id) filter (where j.id is not null),
         min(h.k) filter (where (j.request_hash, j.form) <> (h.hash, 'entry'))
    into j_fresh, same, broken
    from unnest(j_keys, j_hashes) with ordinality as h (k, hash, i)
    left join ledger_journal j on j.idempotency_key = h.k;
  if broken is not null then
    was := set_config('ledger.by', '', true);
    return 'clash:' || broken;
  end if;

  with line as (
    select u.*, x.id as debit_id, y.id as credit_id, x.version as dv, y.version as cv,
           x.side as d_side, y.side as c_side, x.limited as d_limited, y.limited as c_limited,
           case x.side when 'debit' then x.debits_posted - x.credits_posted else x.credits_posted - x.debits_posted end as d_was,
           case y.side when 'debit' then y.debits_posted - y.credits_posted else y.credits_posted - y.debits_posted end as c_was,
           case x.side when 'debit' then x.credits_pending else x.debits_pending end as d_held,
           case y.side when 'debit' then y.credits_pending else y.debits_pending end as c_held
      from unnest(l_journals, l_places, debits, credits, debit_shards, credit_shards, amounts, currencies, reasons)
             with ordinality as u (j, place, d, c, ds, cs, amount, currency, reason, i)
      join ledger_account x on x.path = u.d and x.currency = u.currency and x.shard = u.ds
      join ledger_account y on y.path = u.c and y.currency = u.currency and y.shard = u.cs
     where j_fresh[u.j]),
  side as (
    select s.*, row_number() over mine as n, sum(s.change) over mine as moved
      from (select j, i, true as debit, debit_id as id, d as path, currency, d_limited as limited, d_was - d_held as free,
                   case d_side when 'debit' then amount else -amount end as change from line
            union all
            select j, i, false, credit_id, c, currency, c_limited, c_was - c_held,
                   case c_side when 'credit' then amount else -amount end from line) s
    window mine as (partition by s.id order by s.i)),
  short as (
    select 'short:' || -(e.free + e.moved)::bigint || ':' || e.currency || ':' || e.path as told
      from (select s.*, s.n = max(s.n) over (partition by s.id, s.j) as ends from side s where s.limited) e
     where e.ends and e.free + e.moved < 0 order by e.i limit 1),
  made as (
    insert into ledger_journal (id, idempotency_key, request_hash, form, kind, ref, business_date, event_at, line_count)
    select h.id, h.k, h.hash, 'entry', h.kind, h.ref, h.on_day, p_at, h.n
      from unnest(j_ids, j_keys, j_hashes, j_kinds, j_refs, j_dates, j_counts, j_fresh)
        as h (id, k, hash, kind, ref, on_day, n, fresh)
     where h.fresh and not exists (select from short)
    on conflict (idempotency_key) do nothing returning id),
  written as (
    insert into ledger_transfer (journal_id, line, debit_account_id, credit_account_id, amount,
      debit_version, credit_version, debit_balance, credit_balance, currency, reason, state)
    select j_ids[l.j], l.place, l.debit_id, l.credit_id, l.amount, l.dv + x.n, l.cv + y.n,
           l.d_was + x.moved, l.c_was + y.moved, l.currency, l.reason, 'posted'
      from line l join side x on x.i = l.i and x.debit join side y on y.i = l.i and not y.debit
     where not exists (select from short))
  select (select told from short), (select count(*) from made) into broken, n;

  if broken is null and n is distinct from (select count(*) from unnest(j_fresh) as f (fresh) where fresh) then
    -- lines are there without their journals: only an error takes them back
    raise exception 'meanwhile' using errcode = 'serialization_failure';
  end if;
  if broken is null then
    update ledger_account a
       set debits_posted = a.debits_posted + s.d, credits_posted = a.credits_posted + s.c, version = a.version + s.n
      from (select x.path, x.m, x.s, sum(x.d)::bigint as d, sum(x.c)::bigint as c, count(*) as n
              from (select u.d as path, u.m, u.s, u.a as d, 0 as c from unnest(l_journals, debits, currencies, debit_shards, amounts)
                      as u (j, d, m, s, a) where j_fresh[u.j]
                    union all
                    select u.c, u.m, u.s, 0, u.a from unnest(l_journals, credits, currencies, credit_shards, amounts)
                      as u (j, c, m, s, a) where j_fresh[u.j]) x
             group by 1, 2, 3) s
     where a.path = s.path and a.currency = s.m and a.shard = s.s;
  end if;
  was := set_config('ledger.by', '', true);
  return coalesce(broken, 'same:' || same::text, '');
end $$;
"""

# what the function makes true by how it builds a row, or the trigger on accounts checks cheaper
BUILT_IN = {
    "ledger_account": {
        "limit_holds": "not limited or case side when 'credit' then credits_posted - debits_posted"
        " - debits_pending >= 0 else debits_posted - credits_posted - credits_pending >= 0 end",
        "side_is_known": "side in ('debit','credit')",
        "counters_are_not_negative": "debits_posted >= 0 and credits_posted >= 0"
        " and debits_pending >= 0 and credits_pending >= 0 and version >= 0",
    },
    "ledger_journal": {
        "reverses_a_journal": "(form = 'reversal') = (reverses_id is not null)",
        "resolves_a_hold": "(form in ('settlement','void')) = (resolves_id is not null)",
        "only_holds_expire": "expires_at is null or form = 'hold'",
        "form_is_known": "form in ('entry','hold','settlement','void','reversal')",
        "has_lines": "line_count > 0",
    },
    "ledger_transfer": {
        "state_is_known": "state in ('posted','pending','settled','voided')",
        "line_is_positive": "line > 0",
    },
}
SIDES = {
    "fk_ledger_transfer_credit_account_id_ledger_account": "credit",
    "fk_ledger_transfer_debit_account_id_currency_ledger_account": "debit",
}
OF_JOURNAL = "fk_ledger_transfer_journal_id_ledger_journal"


def upgrade() -> None:
    _make_tables()
    op.execute("drop trigger ledger_journal_sealed on ledger_journal")
    op.execute("drop trigger ledger_transfer_moves on ledger_transfer")
    op.execute("drop function ledger_seal()")
    op.execute("drop function ledger_move()")
    for name in (*SIDES, OF_JOURNAL):
        op.drop_constraint(name, "ledger_transfer", type_="foreignkey")
    for table, checks in BUILT_IN.items():
        for name in checks:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    op.drop_constraint("uq_ledger_account_id_currency", "ledger_account", type_="unique")
    op.drop_constraint("uq_ledger_account_path_currency", "ledger_account", type_="unique")
    shard = sa.Column("shard", sa.SmallInteger(), server_default="0", nullable=False)
    op.add_column("ledger_account", shard)
    op.create_unique_constraint(
        op.f("uq_ledger_account_path_currency_shard"),
        "ledger_account",
        ["path", "currency", "shard"],
    )
    for part in (ONLY_BOOK, GUARD, ASCII, OPEN, POST, POST_ALL):
        op.execute(part)


def _make_tables() -> None:
    op.execute("create sequence ledger_account_id")
    op.create_table(
        "ledger_chart",
        sa.Column("code", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("side", sa.String(length=6), nullable=False),
        sa.Column("limited", sa.Boolean(), nullable=False),
        sa.Column("owned", sa.Boolean(), nullable=False),
        sa.Column("busy", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "side in ('debit','credit')", name=op.f("ck_ledger_chart_side_is_known")
        ),
        sa.CheckConstraint(
            "not (busy and limited)", name=op.f("ck_ledger_chart_busy_has_no_limit")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_ledger_chart")),
        sa.UniqueConstraint("name", name=op.f("uq_ledger_chart_name")),
    )
    op.create_table(
        "ledger_posting",
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("debit", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("credit", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("debit_busy", sa.Boolean(), nullable=False),
        sa.Column("credit_busy", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "debit", "credit", name=op.f("pk_ledger_posting")),
    )


def _guards() -> Any:
    """The guards of the release before, as their own migration wrote them."""
    file = Path(__file__).with_name("20261125_0901_ledger_guards.py")
    spec = spec_from_file_location("ledger_guards", file)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def downgrade() -> None:
    op.execute(
        "do $$ begin if exists (select from ledger_account where shard > 0) then raise exception"
        " 'accounts are spread over shards: restore a backup instead'; end if; end $$"
    )
    arguments = "text, text, text, text, date, timestamptz, timestamptz, text, text"
    op.execute("drop function ledger_post_all(timestamptz, jsonb, jsonb)")
    op.execute(
        f"drop function ledger_post(bigint, {arguments}, text[], text[], bigint[], text[], text[])"
    )
    op.execute("drop function ledger_open(text, text, int)")
    op.execute("drop function ledger_ascii(text)")
    op.execute("drop trigger ledger_journal_by_book on ledger_journal")
    op.execute("drop trigger ledger_transfer_by_book on ledger_transfer")
    op.execute("drop function ledger_only_book()")
    op.drop_constraint("uq_ledger_account_path_currency_shard", "ledger_account", type_="unique")
    op.drop_column("ledger_account", "shard")
    op.create_unique_constraint(
        op.f("uq_ledger_account_path_currency"), "ledger_account", ["path", "currency"]
    )
    op.create_unique_constraint(
        op.f("uq_ledger_account_id_currency"), "ledger_account", ["id", "currency"]
    )
    for table, checks in BUILT_IN.items():
        for name, check in checks.items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, check)
    for name, side in SIDES.items():
        here, there = [f"{side}_account_id", "currency"], ["id", "currency"]
        op.create_foreign_key(name, "ledger_transfer", "ledger_account", here, there)
    op.create_foreign_key(OF_JOURNAL, "ledger_transfer", "ledger_journal", ["journal_id"], ["id"])
    guards = _guards()
    op.execute(guards.SEAL)
    op.execute(guards.MOVE)
    op.execute("alter function ledger_move() security definer")
    op.execute("drop trigger ledger_account_guarded on ledger_account")
    op.execute("drop function ledger_guard_account()")
    op.execute(guards.GUARD)
    op.drop_table("ledger_posting")
    op.drop_table("ledger_chart")
    op.execute("drop sequence ledger_account_id")
