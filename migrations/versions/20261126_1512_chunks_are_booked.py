"""let no commit leave a chunk of the lender's day whose interest or allowance the book does not have

The functions that work a chunk out may be called by the application; one that was called and not booked passed. Deployed while the previous release runs: it books each chunk in its transaction.
"""

from alembic import op

revision = "chunks_are_booked"
down_revision = "columns_stay"
branch_labels = None
depends_on = None

BOOKED = """
create function day_chunk_is_booked() returns trigger language plpgsql as $$
declare
  prefix constant text := case new.step when 'interest accrued' then 'accrued:sellers:' when 'interest of lines accrued' then 'nights:'
    when 'provisions of plans' then 'provision:shoppers:' when 'provisions of advances' then 'provision:sellers:' end
    || to_char(new."on", 'YYYY-MM-DD') || ':' || new.last_id || ':';
begin
  if exists (select from jsonb_each_text(new.booked) b (currency, minor) where b.minor::bigint <> 0
       and not exists (select from ledger_journal j where j.idempotency_key = prefix || b.currency)) then
    raise exception '% of % up to % was not booked', new.step, new."on", new.last_id using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger day_chunk_is_booked after insert on day_chunk
  deferrable initially deferred for each row
  when (new.step in ('interest accrued', 'interest of lines accrued', 'provisions of plans', 'provisions of advances'))
  execute function day_chunk_is_booked();
"""


def upgrade() -> None:
    op.execute(BOOKED.replace(":", "\\:"))


def downgrade() -> None:
    op.execute("drop trigger day_chunk_is_booked on day_chunk")
    op.execute("drop function day_chunk_is_booked()")
