"""keep decisions and loan events as they were written

Deployed while the previous release still runs: add first, remove in a later release.
"""

from alembic import op

revision = "lender_guards"
down_revision = "jobs"
branch_labels = None
depends_on = None

TABLES = ("decision", "loan_event")


def upgrade() -> None:
    op.execute(
        """
        create function lender_refuse() returns trigger language plpgsql as $$
        begin
          raise exception '% of % is refused: it stays as it was written', tg_op, tg_table_name
            using errcode = 'restrict_violation';
        end $$;
        """
    )
    for table in TABLES:
        op.execute(
            f"create trigger {table}_stays before update or delete or truncate on {table} "
            "for each statement execute function lender_refuse()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"drop trigger {table}_stays on {table}")
    op.execute("drop function lender_refuse()")
