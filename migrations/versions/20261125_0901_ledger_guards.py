"""let the database itself guard the book

Journals and transfers are append-only and sealed; counters move only with transfers.
Deployed while the previous release still runs: add first, remove in a later release.
"""

from alembic import op

revision = "ledger_guards"
down_revision = "spine"
branch_labels = None
depends_on = None

APPEND_ONLY = """
create function ledger_refuse() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused: the book is append-only', tg_op, tg_table_name
    using errcode = 'restrict_violation';
end $$;

create trigger ledger_journal_append_only before update or delete or truncate on ledger_journal
  for each statement execute function ledger_refuse();
create trigger ledger_transfer_append_only before update or delete or truncate on ledger_transfer
  for each statement execute function ledger_refuse();
create trigger ledger_account_stays before delete or truncate on ledger_account
  for each statement execute function ledger_refuse();
"""

# A journal and all its lines come in one statement, so an open journal never exists.
SEAL = """
create function ledger_seal() returns trigger language plpgsql as $$
declare
  broken text;
begin
  select j.idempotency_key into broken from made j
   where j.line_count <> (select count(*) from ledger_transfer t where t.journal_id = j.id)
   limit 1;
  if found then
    raise exception 'journal % must be written together with all its lines', broken
      using errcode = 'restrict_violation';
  end if;
  if not exists (select 1 from made where resolves_id is not null or reverses_id is not null) then
    return null;
  end if;
  select j.idempotency_key into broken
    from made j join ledger_journal o on o.id = coalesce(j.resolves_id, j.reverses_id)
   where j.line_count <> o.line_count
      or case j.form when 'reversal' then o.form not in ('entry', 'settlement')
                     else o.form <> 'hold' end
      or exists (
        select 1 from ledger_transfer t join ledger_transfer p
            on p.journal_id = o.id and p.line = t.line
         where t.journal_id = j.id
           and (p.amount, p.currency, p.debit_account_id, p.credit_account_id)
               is distinct from
               (t.amount, t.currency,
                case j.form when 'reversal' then t.credit_account_id else t.debit_account_id end,
                case j.form when 'reversal' then t.debit_account_id else t.credit_account_id end))
   limit 1;
  if found then
    raise exception 'journal % does not answer its original line by line', broken
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;

create trigger ledger_journal_sealed after insert on ledger_journal
  referencing new table as made for each statement execute function ledger_seal();
"""

MOVE = """
create function ledger_move() returns trigger language plpgsql as $$
declare
  broken bigint;
begin
  select t.journal_id into broken from made t join ledger_journal j on j.id = t.journal_id
   where t.line > j.line_count
      or t.state <> case j.form when 'hold' then 'pending' when 'settlement' then 'settled'
                                when 'void' then 'voided' else 'posted' end
   limit 1;
  if found then
    raise exception 'journal % is sealed', broken using errcode = 'restrict_violation';
  end if;
  update ledger_account a
     set debits_posted = a.debits_posted + m.dp, credits_posted = a.credits_posted + m.cp,
         debits_pending = a.debits_pending + m.dn, credits_pending = a.credits_pending + m.cn,
         version = a.version + m.n
    from (select s.id, count(*) as n, sum(s.d * s.p) as dp, sum(s.c * s.p) as cp,
                 sum(s.d * s.w) as dn, sum(s.c * s.w) as cn
            from (select t.debit_account_id as id, t.amount as d, 0 as c,
                         (t.state in ('posted', 'settled'))::int as p,
                         case t.state when 'posted' then 0 when 'pending' then 1 else -1 end as w
                    from made t
                  union all
                  select t.credit_account_id, 0, t.amount,
                         (t.state in ('posted', 'settled'))::int,
                         case t.state when 'posted' then 0 when 'pending' then 1 else -1 end
                    from made t) s
           group by s.id) m
   where a.id = m.id;
  return null;
end $$;

create trigger ledger_transfer_moves after insert on ledger_transfer
  referencing new table as made for each statement execute function ledger_move();
"""

# Counters may change only by what transfers with the next versions say, and these must carry
# the balance they leave behind.
GUARD = """
create function ledger_guard_account() returns trigger language plpgsql as $$
declare
  n bigint; dp numeric; cp numeric; dn numeric; cn numeric; dense boolean; exact boolean;
begin
  if tg_op = 'INSERT' then
    if (new.debits_posted, new.credits_posted, new.debits_pending, new.credits_pending,
        new.version) <> (0, 0, 0, 0, 0) then
      raise exception 'account % must open empty', new.path using errcode = 'restrict_violation';
    end if;
    return new;
  end if;
  if (new.id, new.path, new.currency, new.code, new.side, new.limited)
     is distinct from (old.id, old.path, old.currency, old.code, old.side, old.limited) then
    raise exception 'account % cannot become another', old.path using errcode = 'restrict_violation';
  end if;
  select count(*), coalesce(sum(r.d * r.p), 0), coalesce(sum(r.c * r.p), 0),
         coalesce(sum(r.d * r.w), 0), coalesce(sum(r.c * r.w), 0),
         coalesce(bool_and(r.version = old.version + r.place), true),
         coalesce(bool_and(r.balance = r.running), true)
    into n, dp, cp, dn, cn, dense, exact
    from (select s.*, row_number() over inorder as place,
                 case old.side when 'debit' then old.debits_posted - old.credits_posted
                               else old.credits_posted - old.debits_posted end
                 + sum(s.p * case old.side when 'debit' then s.d - s.c else s.c - s.d end)
                   over inorder as running
            from (select t.debit_version as version, t.debit_balance as balance,
                         t.amount as d, 0 as c, (t.state in ('posted', 'settled'))::int as p,
                         case t.state when 'posted' then 0 when 'pending' then 1 else -1 end as w
                    from ledger_transfer t
                   where t.debit_account_id = old.id and t.debit_version > old.version
                  union all
                  select t.credit_version, t.credit_balance, 0, t.amount,
                         (t.state in ('posted', 'settled'))::int,
                         case t.state when 'posted' then 0 when 'pending' then 1 else -1 end
                    from ledger_transfer t
                   where t.credit_account_id = old.id and t.credit_version > old.version) s
          window inorder as (order by s.version)) r;
  if not dense or not exact
     or (new.debits_posted - old.debits_posted, new.credits_posted - old.credits_posted,
         new.debits_pending - old.debits_pending, new.credits_pending - old.credits_pending,
         new.version - old.version) is distinct from (dp, cp, dn, cn, n) then
    raise exception 'counters of % move only with transfers', old.path
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create trigger ledger_account_guarded before insert or update on ledger_account
  for each row execute function ledger_guard_account();
"""


def upgrade() -> None:
    # room on each page for the next version of a busy account's row
    op.execute("alter table ledger_account set (fillfactor = 50)")
    for part in (APPEND_ONLY, SEAL, MOVE, GUARD):
        op.execute(part)


def downgrade() -> None:
    for table in ("ledger_journal", "ledger_transfer"):
        op.execute(f"drop trigger {table}_append_only on {table}")
    op.execute("drop trigger ledger_account_stays on ledger_account")
    op.execute("drop trigger ledger_account_guarded on ledger_account")
    op.execute("drop trigger ledger_journal_sealed on ledger_journal")
    op.execute("drop trigger ledger_transfer_moves on ledger_transfer")
    for function in ("ledger_refuse", "ledger_seal", "ledger_move", "ledger_guard_account"):
        op.execute(f"drop function {function}()")
    op.execute("alter table ledger_account reset (fillfactor)")
