"""let the owner's functions work out allowances and accrued interest, and hold what an event takes

A chunk of provisions or of interest is worked out, and written down, by a function that the owner makes from the code (`core/owned.py`); the application may no longer write standings or such chunks. What an
advance's event takes out of `accrued_interest` stands in a row of its own (`interest_taken`), and by the commit it is what the advance's columns changed (`interest_apart`). Stop the mall before it: the
previous release writes these itself.
"""

import sqlalchemy as sa
from alembic import op

revision = "owner_works_the_day"
down_revision = "rests_wait"
branch_labels = None
depends_on = None

CHUNKS = """
create or replace function day_chunk_says() returns trigger language plpgsql as $$
begin
  if new.booked is null then
    raise exception 'a chunk says what it booked' using errcode = 'integrity_constraint_violation';
  elsif new.step in ('interest accrued', 'provisions of plans', 'provisions of advances') and current_user = 'mall_app' then
    raise exception 'the database works out % itself', new.step using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create function day_chunk_begins(p_step text, p_day date, p_last bigint) returns bigint language plpgsql as $$
declare
  after bigint;
begin
  perform pg_advisory_xact_lock(hashtext('lenders_day'), hashtext(p_step));
  select coalesce(max(last_id), 0) into after from day_chunk where step = p_step and "on" = p_day;
  if p_step is null or p_last is null or after >= p_last then
    raise exception '% of % has come to %', p_step, p_day, after using errcode = 'integrity_constraint_violation';
  end if;
  return after;
end $$;
create function day_chunk_ends(p_id bigint, p_at timestamptz, p_step text, p_day date, p_after bigint, p_last bigint, p_done int, p_booked jsonb)
returns void language plpgsql as $$
begin
  insert into day_chunk (id, created_at, "on", step, first_id, last_id, done, booked)
  values (p_id, p_at, p_day, p_step, p_after + 1, p_last, p_done, p_booked);
end $$;
create function day_provide(p_book text, p_id bigint, p_at timestamptz, p_day date, p_last bigint, p_done int) returns jsonb
language plpgsql security definer as $$ begin return null; end $$;
create function day_accrue(p_id bigint, p_at timestamptz, p_day date, p_last bigint, p_done int) returns jsonb
language plpgsql security definer as $$ begin return null; end $$;
create function standing_take(p_book text, p_contract bigint, p_most bigint) returns bigint language plpgsql security definer as $$
declare
  there bigint;
  used bigint;
begin
  select allowance into there from loan_standing where book = p_book and contract_id = p_contract for update;
  used := least(coalesce(there, 0), p_most);
  if used <= 0 then return 0; end if;
  update loan_standing set allowance = there - used, exposure = 0, rate_ppm = 0 where book = p_book and contract_id = p_contract;
  return used;
end $$;
create function standing_is_used() returns trigger language plpgsql security definer as $$
begin
  if not exists (select from loan where id = new.contract_id and new.book = 'shoppers' and state = 'charged_off')
     and not exists (select from advance where id = new.contract_id and new.book = 'sellers' and state = 'charged_off') then
    raise exception 'what is set aside for % is used for no loss', new.contract_id using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger standing_is_used after update on loan_standing
  deferrable initially deferred for each row when (new.rate_ppm = 0 and old.rate_ppm > 0) execute function standing_is_used();
"""
APART = """
create function apart_of_loan(a advance, p_day date) returns bigint language plpgsql stable as $$ begin return 0; end $$;
create function apart_of_pledge(a advance, p pledge, p_day date) returns bigint language plpgsql stable as $$ begin return 0; end $$;
create function interest_counts() returns trigger language plpgsql security definer as $$
declare
  a advance;
  was advance;
  p pledge;
  of_id bigint;
  upto date;
  change bigint := 0;
begin
  if tg_table_name = 'advance' then
    a := new;
    if tg_op = 'UPDATE' then was := old; end if;
    of_id := a.id;
  elsif tg_table_name = 'pledge' then
    of_id := new.advance_id;
    select * into a from advance where id = of_id;
  else
    insert into interest_apart as t values (new.advance_id, new.amount)
      on conflict (advance_id) do update set rest = t.rest + excluded.rest;
    return null;
  end if;
  if a.rate_ppm = 0 then return null; end if;
  perform pg_advisory_xact_lock_shared(hashtext('accrued_interest'));
  select max("on") into upto from day_chunk where step = 'interest accrued' and last_id >= of_id;
  if upto is null then return null; end if;
  if a.product = 'term_loan' then
    if tg_table_name = 'pledge' then return null; end if;
    if a.state = 'active' then change := apart_of_loan(a, upto); end if;
    if was.state = 'active' then change := change - apart_of_loan(was, upto); end if;
  elsif tg_table_name = 'pledge' then
    if a.state = 'active' then
      if new.closed_on is null then change := apart_of_pledge(a, new, upto); end if;
      if tg_op = 'UPDATE' then
        p := old;
        if p.closed_on is null then change := change - apart_of_pledge(a, p, upto); end if;
      end if;
    end if;
  elsif tg_op = 'UPDATE' and (a.state = 'active') <> (was.state = 'active') then
    select coalesce(sum(apart_of_pledge(a, q, upto)), 0) into change from pledge q where q.advance_id = of_id and q.closed_on is null;
    if was.state = 'active' then change := -change; end if;
  end if;
  if change <> 0 then
    insert into interest_apart as t values (of_id, change)
      on conflict (advance_id) do update set rest = t.rest + excluded.rest;
  end if;
  return null;
end $$;
create trigger advance_counts_interest after insert or update of state, micro, accrued_until, principal_paid, principal_forgiven on advance
  for each row execute function interest_counts();
create trigger pledge_counts_interest after insert or update of paid, recourse, due_on, micro, accrued_until, closed_on on pledge
  for each row execute function interest_counts();
create trigger interest_taken_counts after insert on interest_taken for each row execute function interest_counts();
create function interest_adds_up() returns trigger language plpgsql security definer as $$
begin
  if tg_table_name = 'interest_taken' then
    if not exists (select from advance a join ledger_journal j on j.idempotency_key = 'advance:' || a.number || ':interest:' || new.entry
                    where a.id = new.advance_id) then
      raise exception 'interest % of advance % was not booked', new.entry, new.advance_id using errcode = 'integrity_constraint_violation';
    end if;
  elsif exists (select from interest_apart t where t.advance_id = new.advance_id and t.rest <> 0) then
    raise exception 'what accrued on advance % was not taken where it lies', new.advance_id using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger interest_apart_adds_up after insert or update on interest_apart
  deferrable initially deferred for each row execute function interest_adds_up();
create constraint trigger interest_taken_adds_up after insert on interest_taken
  deferrable initially deferred for each row execute function interest_adds_up();
"""
# what journals of before took out of the control account
BEFORE = """
insert into interest_taken (id, created_at, advance_id, entry, amount, "on")
select j.id, j.created_at, a.id, split_part(j.idempotency_key, ':', 4)::int, (
         select coalesce(sum(case when c.code = 1420 then t.amount else 0 end - case when d.code = 1420 then t.amount else 0 end), 0)
           from ledger_transfer t join ledger_account c on c.id = t.credit_account_id join ledger_account d on d.id = t.debit_account_id
          where t.journal_id = j.id), j.business_date
  from ledger_journal j join advance a on a.number = split_part(j.idempotency_key, ':', 2)
 where j.kind = 'advance.interest' and j.form = 'entry';
"""
TRIGGERS = {
    "standing_is_used": "loan_standing",
    "advance_counts_interest": "advance",
    "pledge_counts_interest": "pledge",
}
FUNCTIONS = (
    "interest_adds_up()",
    "interest_counts()",
    "apart_of_pledge(advance, pledge, date)",
    "apart_of_loan(advance, date)",
    "standing_is_used()",
    "standing_take(text, bigint, bigint)",
    "day_accrue(bigint, timestamptz, date, bigint, int)",
    "day_provide(text, bigint, timestamptz, date, bigint, int)",
    "day_chunk_ends(bigint, timestamptz, text, date, bigint, bigint, int, jsonb)",
    "day_chunk_begins(text, date, bigint)",
)
SAYS = """
create or replace function day_chunk_says() returns trigger language plpgsql as $$
        begin
          if new.booked is null then
            raise exception 'a chunk says what it booked' using errcode = 'integrity_constraint_violation';
          end if;
          return new;
        end $$;
"""


def upgrade() -> None:
    op.create_table(
        "interest_apart",
        sa.Column("advance_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rest", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("advance_id", name=op.f("pk_interest_apart")),
    )
    op.create_table(
        "interest_taken",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("advance_id", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["advance_id"], ["advance.id"], name=op.f("fk_interest_taken_advance_id_advance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest_taken")),
        sa.UniqueConstraint("advance_id", "entry", name=op.f("uq_interest_taken_advance_id_entry")),
    )
    for statements in (BEFORE, CHUNKS, APART):
        op.execute(statements.replace(":", "\\:"))


def downgrade() -> None:
    for name, table in TRIGGERS.items():
        op.execute(f"drop trigger {name} on {table}")
    op.drop_table("interest_taken")
    op.drop_table("interest_apart")
    for function in FUNCTIONS:
        op.execute(f"drop function {function}")
    op.execute(SAYS)
