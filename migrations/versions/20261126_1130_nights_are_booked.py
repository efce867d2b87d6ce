"""book each night what nights cost of purchases with a price by the day

`loan_by_day` says in a few columns what has accrued of a purchase through any day; `day_accrue_lines` (made from the code, `core/owned.py`) brings a night of all of them into `accrued_interest:shoppers`. What an
event changes of it the database writes into `nights_taken` itself, the cause of the journal that must stand beside it. A purchase that runs already is written with its next event, and until then its
interest is booked when a statement closes, as before.
"""

import sqlalchemy as sa
from alembic import op

revision = "nights_are_booked"
down_revision = "countries"
branch_labels = None
depends_on = None

FUNCTIONS = """
create function nights_of(n loan_by_day, p_day date) returns bigint language plpgsql stable as $$ begin return 0; end $$;
create function day_accrue_lines(p_id bigint, p_at timestamptz, p_day date, p_last bigint, p_done int) returns jsonb
language plpgsql security definer as $$ begin return null; end $$;
create function loan_by_day_takes() returns trigger language plpgsql security definer as $$
declare
  upto date;
  less bigint := 0;
  was loan_by_day;
begin
  perform pg_advisory_xact_lock_shared(hashtext('accrued_interest'));
  select max("on") into upto from day_chunk where step = 'interest of lines accrued' and last_id >= new.loan_id;
  if upto is null then return null; end if;
  if tg_op = 'UPDATE' then
    was := old;
    less := nights_of(was, upto);
  end if;
  less := less - nights_of(new, upto);
  if less <> 0 then
    insert into nights_taken (loan_id, entry, amount, "on") values (new.loan_id, new.entry, less, upto);
  end if;
  return null;
end $$;
create trigger loan_by_day_takes after insert or update on loan_by_day for each row execute function loan_by_day_takes();
create function nights_are_booked() returns trigger language plpgsql security definer as $$
begin
  if not exists (select from loan l join ledger_journal j on j.idempotency_key = 'loan:' || l.number || ':nights:' || new.entry
                  where l.id = new.loan_id) then
    raise exception 'nights % of loan % were not booked', new.entry, new.loan_id using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger nights_are_booked after insert on nights_taken
  deferrable initially deferred for each row execute function nights_are_booked();
"""
GONE = (
    "nights_of(loan_by_day, date)",
    "nights_are_booked()",
    "loan_by_day_takes()",
    "day_accrue_lines(bigint, timestamptz, date, bigint, int)",
)


def upgrade() -> None:
    op.create_table(
        "loan_by_day",
        sa.Column("loan_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("daily_ppm", sa.Integer(), nullable=False),
        sa.Column("bearing", sa.BigInteger(), nullable=False),
        sa.Column("micro", sa.BigInteger(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "bearing >= 0 and micro >= 0", name=op.f("ck_loan_by_day_amounts_are_positive")
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_loan_by_day_loan_id_loan")),
        sa.PrimaryKeyConstraint("loan_id", name=op.f("pk_loan_by_day")),
    )
    op.create_table(
        "nights_taken",
        sa.Column("loan_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("loan_id", "entry", name=op.f("pk_nights_taken")),
    )
    op.execute(FUNCTIONS.replace(":", "\\:"))


def downgrade() -> None:
    op.execute("drop trigger nights_are_booked on nights_taken")
    op.execute("drop trigger loan_by_day_takes on loan_by_day")
    for function in GONE:
        op.execute(f"drop function {function}")
    for table in ("nights_taken", "loan_by_day"):
        op.drop_table(table)
