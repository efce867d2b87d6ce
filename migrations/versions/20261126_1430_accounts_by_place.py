"""look each account of a journal or a set up once

In a set every side of every line looked its account up by name, three times in three statements; now accounts are told apart once, read as they are locked, and lines know them by their place. In a journal of several lines each line was
compared with each account, which a sort of all sides had told apart. The same order of locks, the same content, the same answers. New only: lines of one journal come together in a set, as they always did.
Deployed while the previous release runs: it calls the same functions.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from alembic import op

revision = "accounts_by_place"
down_revision = "sent_taxes_offsets"
branch_labels = None
depends_on = None

POST_ALL = r"""
create or replace function ledger_post_all(p_at timestamptz, p_heads jsonb, p_lines jsonb) returns text
language plpgsql security definer as $$
declare
  here int := pg_backend_pid() % 16;
  j_ids bigint[]; j_keys text[]; j_hashes text[]; j_kinds text[]; j_refs text[]; j_dates date[];
  j_firsts int[]; j_counts int[]; j_fresh boolean[]; same jsonb; whole boolean; asked boolean; broken text; was text;
  l_journals int[]; debits text[]; credits text[]; amounts bigint[]; currencies text[]; reasons text[];
  -- each account once; and every side of a line: the place of its account, and of the line, below zero when it is credited
  a_paths text[]; a_currencies text[]; a_shards int[]; s_accounts int[]; s_lines int[];
  a_ids bigint[]; a_versions bigint[]; a_balances bigint[]; a_held bigint[]; a_debit boolean[];
  -- of the lines that are new
  lines int[]; debit_ids bigint[]; credit_ids bigint[]; dvs bigint[]; cvs bigint[]; dbs bigint[]; cbs bigint[];
begin
  select array_agg(l.v ->> 1), array_agg(l.v ->> 2), array_agg((l.v ->> 3)::bigint), array_agg(l.v ->> 4),
         array_agg(l.v ->> 5), array_agg((l.v ->> 0)::int)
    into debits, credits, amounts, currencies, reasons, l_journals
    from jsonb_array_elements(p_lines) as l (v);
  select array_agg((h.v ->> 0)::bigint), array_agg(h.v ->> 1), array_agg(h.v ->> 2), array_agg(h.v ->> 3),
         array_agg((h.v ->> 4)::date)
    into j_ids, j_keys, j_kinds, j_refs, j_dates
    from jsonb_array_elements(p_heads) as h (v);

  select string_agg(format('%s > %s in a %s', l.debit, l.credit, l.kind), ', ') filter (where w.kind is null),
         bool_or(w.debit_asked or w.credit_asked)
    into broken, asked
    from (select split_part(x.d, ':', 1)::int as debit, split_part(x.c, ':', 1)::int as credit, j_kinds[x.j] as kind
            from unnest(debits, credits, l_journals) as x (d, c, j) group by 1, 2, 3) l
    left join ledger_posting w on w.kind = l.kind and w.debit = l.debit and w.credit = l.credit;
  if broken is not null then
    raise exception 'no posting declares %', broken using errcode = 'restrict_violation';
  end if;

  -- the hash is made here, so that nobody can claim another; a journal's lines come together
  select array_agg(x.first order by x.j), array_agg(x.n order by x.j), array_agg(encode(sha256(convert_to(case
           when octet_length(x.t) <> length(x.t) or strpos(x.t, chr(127)) > 0 then ledger_ascii(x.t)
           else x.t end, 'UTF8')), 'hex') order by x.j),
         bool_and(x.j between 1 and cardinality(j_ids) and x.n = x.last - x.first + 1) and count(*) = cardinality(j_ids)
    into j_firsts, j_counts, j_hashes, whole
    from (select l.j, count(*)::int as n, min(l.i)::int as first, max(l.i)::int as last,
                 '[' || to_json(j_kinds[l.j]) || ',' || to_json(j_refs[l.j]) || ',"'
                 || to_char(j_dates[l.j], 'YYYY-MM-DD') || '",['
                 || string_agg('[' || to_json(l.d) || ',' || to_json(l.c) || ',"' || l.a || '",'
                               || to_json(l.m) || ',' || to_json(l.r) || ']', ',' order by l.i) || ']]' as t
            from unnest(l_journals, debits, credits, amounts, currencies, reasons)
              with ordinality as l (j, d, c, a, m, r, i)
           group by l.j) x;
  if whole is distinct from true then
    raise exception 'a journal of the set has no lines or not all together, or a line no journal'
      using errcode = 'restrict_violation';
  end if;

  was := set_config('ledger.by', 'book', true);
  select array_agg(g.path order by g.n) filter (where s.nth = 1), array_agg(g.currency order by g.n) filter (where s.nth = 1),
         array_agg(case when k.busy then here else 0 end order by g.n) filter (where s.nth = 1),
         array_agg(g.n order by g.n), array_agg(s.line order by g.n)
    into a_paths, a_currencies, a_shards, s_accounts, s_lines
    from (select v.path, u.m as currency, array_agg(v.line) as lines, (row_number() over ())::int as n
            from unnest(debits, credits, currencies) with ordinality as u (d, c, m, i)
           cross join lateral (values (u.d, u.i::int), (u.c, -u.i::int)) v (path, line)
           group by v.path, u.m) g
    left join ledger_chart k on k.code = split_part(g.path, ':', 1)::int
   cross join lateral unnest(g.lines) with ordinality as s (line, nth);
  loop
    perform ledger_open(m.path, m.currency, m.shard)
       from unnest(a_paths, a_currencies, a_shards) as m (path, currency, shard)
      where not exists (select from ledger_account a
                         where a.path = m.path and a.currency = m.currency and a.shard = m.shard);
    exit when not found;
  end loop;
  select array_agg(x.id order by x.n), array_agg(x.version order by x.n), array_agg(x.balance order by x.n),
         array_agg(x.held order by x.n), array_agg(x.debit order by x.n)
    into a_ids, a_versions, a_balances, a_held, a_debit
    from (select m.n, a.id, a.version, a.side = 'debit' as debit,
                 case a.side when 'debit' then a.debits_posted - a.credits_posted
                             else a.credits_posted - a.debits_posted end as balance,
                 case when a.limited then case a.side when 'debit' then a.credits_pending else a.debits_pending end end as held
            from unnest(a_paths, a_currencies, a_shards) with ordinality as m (path, currency, shard, n)
            join ledger_account a on a.path = m.path and a.currency = m.currency and a.shard = m.shard
           order by a.path collate "C", a.shard, a.currency for no key update of a) x;

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

  -- each side of each new line, counted and summed up along its account
  select array_agg(x.line order by x.line) filter (where x.debit),
         array_agg(a_ids[x.n] order by x.line) filter (where x.debit), array_agg(a_ids[x.n] order by x.line) filter (where not x.debit),
         array_agg(x.version order by x.line) filter (where x.debit), array_agg(x.version order by x.line) filter (where not x.debit),
         array_agg(x.balance order by x.line) filter (where x.debit), array_agg(x.balance order by x.line) filter (where not x.debit),
         (array_agg('short:' || (a_held[x.n] - x.balance) || ':' || a_currencies[x.n] || ':' || a_paths[x.n] order by x.line)
            filter (where x.ends and x.balance < a_held[x.n]))[1]
    into lines, debit_ids, credit_ids, dvs, cvs, dbs, cbs, broken
    from (select s.n, abs(s.line) as line, s.line > 0 as debit, a_versions[s.n] + row_number() over mine as version,
                 (sum(case when a_debit[s.n] = (s.line > 0) then amounts[abs(s.line)] else -amounts[abs(s.line)] end)
                    over mine)::bigint + a_balances[s.n] as balance,
                 lead(l_journals[abs(s.line)]) over mine is distinct from l_journals[abs(s.line)] as ends
            from unnest(s_accounts, s_lines) as s (n, line) where j_fresh[l_journals[abs(s.line)]]
          window mine as (partition by s.n order by abs(s.line) rows unbounded preceding)) x;

  if broken is null then
    begin
      insert into ledger_journal (id, idempotency_key, request_hash, form, kind, ref, business_date, event_at, line_count)
      select j_ids[h.i], j_keys[h.i], j_hashes[h.i], 'entry', j_kinds[h.i], j_refs[h.i], j_dates[h.i], p_at, j_counts[h.i]
        from (select generate_subscripts(j_ids, 1) as i) h where j_fresh[h.i];
    exception when unique_violation then
      get stacked diagnostics broken = constraint_name;
      if broken <> 'uq_ledger_journal_idempotency_key' then raise; end if;
      raise exception 'another session writes one of these journals' using errcode = 'serialization_failure';
    end;
    insert into ledger_transfer (journal_id, line, debit_account_id, credit_account_id, amount,
      debit_version, credit_version, debit_balance, credit_balance, currency, reason, state)
    select j_ids[l_journals[l.i]], l.i - j_firsts[l_journals[l.i]] + 1, debit_ids[l.k], credit_ids[l.k], amounts[l.i],
           dvs[l.k], cvs[l.k], dbs[l.k], cbs[l.k], currencies[l.i], reasons[l.i], 'posted'
      from (select x.k, lines[x.k] as i from (select generate_subscripts(lines, 1) as k) x) l;
    update ledger_account a
       set debits_posted = a.debits_posted + s.d, credits_posted = a.credits_posted + s.c, version = a.version + s.n
      from (select x.id, sum(x.d)::bigint as d, sum(x.c)::bigint as c, count(*) as n
              from (select u.id, amounts[u.i] as d, 0 as c from unnest(debit_ids, lines) as u (id, i)
                    union all
                    select u.id, 0, amounts[u.i] from unnest(credit_ids, lines) as u (id, i)) x
             group by x.id) s
     where a.id = s.id;
    if asked then
      update ledger_account a set code = a.code from ledger_chart k
       where a.id = any(debit_ids || credit_ids) and k.code = a.code and k.asked;
    end if;
  end if;
  was := set_config('ledger.by', '', true);
  return coalesce(broken, 'same:' || same::text, '');
end $$;
"""

_IN_POST = (
    (
        r"""  if n = 1 then
    content := '[' || to_json(debits[1]) || ',' || to_json(credits[1]) || ',"' || amounts[1] || '",'
      || to_json(currencies[1]) || ',' || to_json(reasons[1]) || ']';
  else
    select string_agg('[' || to_json(l.d) || ',' || to_json(l.c) || ',"' || l.a || '",'
                      || to_json(l.m) || ',' || to_json(l.r) || ']', ',' order by l.i) into content
      from unnest(debits, credits, amounts, currencies, reasons) with ordinality as l (d, c, a, m, r, i);
  end if;
  content := '[' || to_json(kind) || ',' || to_json(ref) || ',"' || to_char(p_on, 'YYYY-MM-DD')
    || '",[' || content || ']]';
""",
        r"""  content := '[' || to_json(kind) || ',' || to_json(ref) || ',"' || to_char(p_on, 'YYYY-MM-DD') || '",[[';
  for i in 1 .. n loop
    content := content || to_json(debits[i]) || ',' || to_json(credits[i]) || ',"' || amounts[i] || '",'
      || to_json(currencies[i]) || ',' || to_json(reasons[i]) || case when i < n then '],[' else ']]]' end;
  end loop;
""",
    ),
    (
        r"""      select array_agg(s.path order by s.path collate "C", s.shard, s.money),
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
""",
        r"""      -- each account once, as it is met; a line remembers the places of its two
      for i in 1 .. n loop
        if length(currencies[i]) is distinct from 3 then  -- else two names could read alike
          raise exception '% is no currency', currencies[i] using errcode = 'restrict_violation';
        end if;
        name := currencies[i] || debit_shards[i] || ':' || debits[i];
        d := array_position(names, name);
        if d is null then
          d := coalesce(cardinality(names), 0) + 1;
          names[d] := name; paths[d] := debits[i]; moneys[d] := currencies[i]; shards[d] := debit_shards[i];
          adds[d] := amounts[i]; takes[d] := 0; counts[d] := 1;
        else
          adds[d] := adds[d] + amounts[i]; counts[d] := counts[d] + 1;
        end if;
        name := currencies[i] || credit_shards[i] || ':' || credits[i];
        c := array_position(names, name);
        if c is null then
          c := cardinality(names) + 1;
          names[c] := name; paths[c] := credits[i]; moneys[c] := currencies[i]; shards[c] := credit_shards[i];
          adds[c] := 0; takes[c] := amounts[i]; counts[c] := 1;
        else
          takes[c] := takes[c] + amounts[i]; counts[c] := counts[c] + 1;
        end if;
        ds[i] := d; cs[i] := c;
      end loop;
      select array_agg(x.i order by x.path collate "C", x.shard, x.money) into turn
        from unnest(paths, shards, moneys) with ordinality as x (path, shard, money, i);
    end if;
    foreach i in array turn loop
""",
    ),
    (
        r"""moneys := array[currencies[1], currencies[1]]; counts := array[1, 1];""",
        r"""moneys := array[currencies[1], currencies[1]]; counts := array[1, 1]; turn := array[1, 2];""",
    ),
    (
        r"""d int; c int; debit_ids bigint[]; credit_ids bigint[]; left_behind bigint[];
""",
        r"""d int; c int; i int; ds int[]; cs int[]; turn int[]; name text; names text[];
""",
    ),
    (
        r"""          for k in 1 .. cardinality(paths) loop
            if (paths[k], moneys[k], shards[k]) = (debits[i], currencies[i], debit_shards[i]) then d := k; end if;
            if (paths[k], moneys[k], shards[k]) = (credits[i], currencies[i], credit_shards[i]) then c := k; end if;
          end loop;
""",
        r"""          d := ds[i]; c := cs[i];
""",
    ),
    (
        r"""        select p_id, l.i, l.d, l.c, l.a, l.dv, l.cv, l.db, l.cb, l.m, l.r, state
          from unnest(debit_ids, credit_ids, amounts, dvs, cvs, dbs, cbs, currencies, reasons)
            with ordinality as l (d, c, a, dv, cv, db, cb, m, r, i);
""",
        r"""        select p_id, x.l, ids[ds[x.l]], ids[cs[x.l]], amounts[x.l], dvs[x.l], cvs[x.l], dbs[x.l], cbs[x.l],
               currencies[x.l], reasons[x.l], state
          from (select generate_subscripts(ds, 1) as l) x;
""",
    ),
    (
        r"""debit_ids[i] := ids[d]; credit_ids[i] := ids[c]; """,
        "",
    ),
    (  # they are reached in the order of locks, not of places
        "  for i in 1 .. coalesce(cardinality(ids), 0) loop\n",
        "  for i in 1 .. coalesce(cardinality(paths), 0) loop\n",
    ),
)


def _module(name: str) -> Any:
    file = next(Path(__file__).parent.glob(f"*_{name}.py"))
    spec = spec_from_file_location(name, file)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _post_before() -> str:
    asks, first = _module("the_function_asks"), _module("one_function_writes_the_book")
    return str(asks._replaced(asks._post_before(), ((first._ONE, ""), *asks._IN_POST)))


def upgrade() -> None:
    post = _module("the_function_asks")._replaced(_post_before(), _IN_POST)
    for body in (post, POST_ALL):
        op.execute(body.replace(":", "\\:"))


def downgrade() -> None:
    for body in (_post_before(), str(_module("sets_in_fewer_passes").POST_ALL)):
        op.execute(body.replace(":", "\\:"))
