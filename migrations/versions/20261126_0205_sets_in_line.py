"""write sets of journals in time that grows with their number

`ledger_post_all` joined lists with lists, which PostgreSQL does row by row of both. The same function, without these joins.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from alembic import op

revision = "sets_in_line"
down_revision = "one_function_writes"
branch_labels = None
depends_on = None

POST_ALL = """
create or replace function ledger_post_all(p_at timestamptz, p_heads jsonb, p_lines jsonb) returns text
language plpgsql security definer as $$
declare
  here int := pg_backend_pid() % 16;
  j_ids bigint[]; j_keys text[]; j_hashes text[]; j_kinds text[]; j_refs text[]; j_dates date[]; j_counts int[];
  j_fresh boolean[]; same jsonb; whole boolean;
  debit_ids bigint[]; credit_ids bigint[]; dvs bigint[]; cvs bigint[]; dbs bigint[]; cbs bigint[]; broken text; was text; n int;
  l_journals int[]; l_places int[]; debits text[]; credits text[]; amounts bigint[]; currencies text[]; reasons text[];
  debit_shards int[]; credit_shards int[];
begin
  select array_agg(l.v ->> 1), array_agg(l.v ->> 2), array_agg((l.v ->> 3)::bigint), array_agg(l.v ->> 4),
         array_agg(l.v ->> 5), array_agg((l.v ->> 0)::int)
    into debits, credits, amounts, currencies, reasons, l_journals
    from jsonb_array_elements(p_lines) as l (v);

  select array_agg((h.v ->> 0)::bigint order by h.i), array_agg(h.v ->> 1 order by h.i),
         array_agg(h.v ->> 2 order by h.i), array_agg(h.v ->> 3 order by h.i),
         array_agg((h.v ->> 4)::date order by h.i)
    into j_ids, j_keys, j_kinds, j_refs, j_dates
    from jsonb_array_elements(p_heads) with ordinality as h (v, i);

  select string_agg(distinct format('%s > %s in a %s', l.d, l.c, l.kind), ', ') filter (where w.kind is null),
         array_agg(case when w.debit_busy then here else 0 end order by l.i),
         array_agg(case when w.credit_busy then here else 0 end order by l.i),
         array_agg(l.place order by l.i)
    into broken, debit_shards, credit_shards, l_places
    from (select x.*, j_kinds[x.j] as kind, row_number() over (partition by x.j order by x.i)::int as place
            from unnest(debits, credits, l_journals) with ordinality as x (d, c, j, i)) l
    left join ledger_posting w on w.kind = l.kind
         and w.debit = split_part(l.d, ':', 1)::int and w.credit = split_part(l.c, ':', 1)::int;
  if broken is not null then
    raise exception 'no posting declares %', broken using errcode = 'restrict_violation';
  end if;

  -- the hash is made here, so that nobody can claim another; a journal without lines has none
  select array_agg(x.n order by x.j), array_agg(encode(sha256(convert_to(case
           when octet_length(x.t) <> length(x.t) or strpos(x.t, chr(127)) > 0 then ledger_ascii(x.t)
           else x.t end, 'UTF8')), 'hex') order by x.j),
         bool_and(x.j between 1 and cardinality(j_ids)) and count(*) = cardinality(j_ids)
    into j_counts, j_hashes, whole
    from (select l.j, count(*)::int as n,
                 '[' || to_json(j_kinds[l.j]) || ',' || to_json(j_refs[l.j]) || ',"'
                 || to_char(j_dates[l.j], 'YYYY-MM-DD') || '",['
                 || string_agg('[' || to_json(l.d) || ',' || to_json(l.c) || ',"' || l.a || '",'
                               || to_json(l.m) || ',' || to_json(l.r) || ']', ',' order by l.i) || ']]' as t
            from unnest(l_journals, debits, credits, amounts, currencies, reasons)
              with ordinality as l (j, d, c, a, m, r, i)
           group by l.j) x;
  if whole is distinct from true then
    raise exception 'a journal of the set has no lines, or a line no journal' using errcode = 'restrict_violation';
  end if;

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

  -- each side of each line, counted and summed up along its account
  with side as (
    select s.*, a.id, a.path, a.currency, a.limited, a.version + row_number() over mine as version,
           sum(case when (a.side = 'debit') = s.debit then s.amount else -s.amount end) over mine
             + case a.side when 'debit' then a.debits_posted - a.credits_posted
                           else a.credits_posted - a.debits_posted end as balance,
           case a.side when 'debit' then a.credits_pending else a.debits_pending end as held
      from (select u.j, u.i, true as debit, u.d as p, u.m, u.s, u.a as amount
              from unnest(l_journals, debits, currencies, debit_shards, amounts) with ordinality as u (j, d, m, s, a, i)
             where j_fresh[u.j]
            union all
            select u.j, u.i, false, u.c, u.m, u.s, u.a
              from unnest(l_journals, credits, currencies, credit_shards, amounts) with ordinality as u (j, c, m, s, a, i)
             where j_fresh[u.j]) s
      join ledger_account a on a.path = s.p and a.currency = s.m and a.shard = s.s
    window mine as (partition by a.id order by s.i)),
  line as (
    select i, max(id) filter (where debit) as d, max(id) filter (where not debit) as c,
           max(version) filter (where debit) as dv, max(version) filter (where not debit) as cv,
           max(balance) filter (where debit) as db, max(balance) filter (where not debit) as cb
      from side group by i)
  select array_agg(d order by i), array_agg(c order by i), array_agg(dv order by i), array_agg(cv order by i),
         array_agg(db order by i), array_agg(cb order by i),
         (select 'short:' || (e.held - e.balance)::bigint || ':' || e.currency || ':' || e.path
            from (select x.*, lead(x.j) over (partition by x.id order by x.i) is distinct from x.j as ends
                    from side x where x.limited) e
           where e.ends and e.balance < e.held order by e.i limit 1)
    into debit_ids, credit_ids, dvs, cvs, dbs, cbs, broken from line;

  if broken is null then
    insert into ledger_journal (id, idempotency_key, request_hash, form, kind, ref, business_date, event_at, line_count)
    select h.id, h.k, h.hash, 'entry', h.kind, h.ref, h.on_day, p_at, h.n
      from unnest(j_ids, j_keys, j_hashes, j_kinds, j_refs, j_dates, j_counts, j_fresh)
        as h (id, k, hash, kind, ref, on_day, n, fresh) where h.fresh
    on conflict (idempotency_key) do nothing;
    get diagnostics n = row_count;
    if n <> cardinality(array_positions(j_fresh, true)) then
      raise exception 'another session writes one of these journals' using errcode = 'serialization_failure';
    end if;
    insert into ledger_transfer (journal_id, line, debit_account_id, credit_account_id, amount,
      debit_version, credit_version, debit_balance, credit_balance, currency, reason, state)
    select j_ids[l.j], l.place, l.d, l.c, l.a, l.dv, l.cv, l.db, l.cb, l.m, l.r, 'posted'
      from unnest(
        (select array_agg(u.j order by u.i) from unnest(l_journals) with ordinality as u (j, i) where j_fresh[u.j]),
        (select array_agg(u.x order by u.i) from unnest(l_places, l_journals) with ordinality as u (x, j, i) where j_fresh[u.j]),
        (select array_agg(u.x order by u.i) from unnest(amounts, l_journals) with ordinality as u (x, j, i) where j_fresh[u.j]),
        (select array_agg(u.x order by u.i) from unnest(currencies, l_journals) with ordinality as u (x, j, i) where j_fresh[u.j]),
        (select array_agg(u.x order by u.i) from unnest(reasons, l_journals) with ordinality as u (x, j, i) where j_fresh[u.j]),
        debit_ids, credit_ids, dvs, cvs, dbs, cbs) as l (j, place, a, m, r, d, c, dv, cv, db, cb);
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


def upgrade() -> None:
    op.execute(POST_ALL)


def downgrade() -> None:
    file = Path(__file__).with_name("20261126_0150_one_function_writes_the_book.py")
    spec = spec_from_file_location("one_function_writes", file)
    assert spec and spec.loader
    before = module_from_spec(spec)
    spec.loader.exec_module(before)
    op.execute(before.POST_ALL.replace("create function", "create or replace function"))
