"""let no journal be committed that has no cause

Each kind of journal has a row that caused it, declared with its posting. When the transaction ends, that row must be there, in the state that it says, and must say of each account that nothing else adds
up (balances, what is owed to a person …) what the journal's lines say. `ledger_expected` is made by the owner from the declarations, after this migration. Stop the mall before it: the previous release
does not make all rows in the same transaction.
"""

from alembic import op

revision = "causes"
down_revision = "reviews"
branch_labels = None
depends_on = None

# the codes are those of `ledger.causes.ASKED`
CAUSED = """
create function ledger_expected(of_kind text, of_key text, of_ref text, of_on date) returns jsonb
language plpgsql as $$ begin return 'false'; end $$;
create function ledger_caused(p_id bigint) returns boolean language plpgsql security definer as $$
declare
  j ledger_journal;
  o ledger_journal;
  wanted jsonb;
  moved jsonb;
begin
  select * into j from ledger_journal where id = p_id;
  if j.form in ('void', 'reversal') then
    select * into o from ledger_journal where id = coalesce(j.resolves_id, j.reverses_id);
    if o.kind like 'test%' then return true; end if;
    wanted := ledger_expected(o.kind || ' undone', o.idempotency_key, o.ref, j.business_date);
    return wanted is distinct from 'false';
  end if;
  wanted := ledger_expected(j.kind, j.idempotency_key, j.ref, j.business_date);
  if wanted is null then
    return true;
  elsif wanted = 'false' then
    return false;
  end if;
  select coalesce(jsonb_object_agg(m.path, m.amount), '{}') into moved from (
    select a.path || ' ' || a.currency as path, sum(s.amount) as amount
      from ledger_transfer t
     cross join lateral (values (t.credit_account_id, t.amount), (t.debit_account_id, -t.amount)) s (id, amount)
      join ledger_account a on a.id = s.id
     where t.journal_id = j.id and not wanted ? a.path
       and not wanted ? (split_part(a.path, ':', 1) || ':' || split_part(a.path, ':', 2) || ':*')
       and (a.code in (1110, 1120, 1200, 1330, 1420, 1500, 1600, 1900, 2110, 2200, 2210,
                        2300, 2310, 2320, 2500)
            or wanted ? (a.path || ' ' || a.currency))
     group by 1 having sum(s.amount) <> 0) m;
  return moved = jsonb_strip_nulls(wanted);
end $$;
create function ledger_journal_has_cause() returns trigger language plpgsql as $$
begin
  if new.kind not like 'test%' and not ledger_caused(new.id) then
    raise exception 'journal % (%) has no cause that says the same', new.idempotency_key, new.kind
      using errcode = 'integrity_constraint_violation',
            hint = 'declare the row behind it with its posting, ledger.causes.cause';
  end if;
  return null;
end $$;
create constraint trigger ledger_journal_has_cause after insert on ledger_journal
  deferrable initially deferred for each row
  execute function ledger_journal_has_cause();
"""


def upgrade() -> None:
    op.execute(CAUSED.replace(":", "\\:"))


def downgrade() -> None:
    op.execute("drop trigger ledger_journal_has_cause on ledger_journal")
    op.execute("drop function ledger_journal_has_cause()")
    op.execute("drop function ledger_caused(bigint)")
    op.execute("drop function ledger_expected(text, text, text, date)")
