"""keep jobs in the database

Deployed while the previous release still runs: add first, remove in a later release.
"""

from alembic import op
from procrastinate.schema import SchemaManager

revision = "jobs"
down_revision = "ledger_guards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind().connection.driver_connection
    with connection.cursor() as cursor:
        cursor.execute(SchemaManager.get_schema())


def downgrade() -> None:
    connection = op.get_bind().connection.driver_connection
    with connection.cursor() as cursor:
        cursor.execute(
            "select format('drop table if exists %I cascade', tablename) from pg_tables "
            "where schemaname = current_schema() and tablename like 'procrastinate\\_%'"
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
        cursor.execute(
            "select format('drop function if exists %s cascade', p.oid::regprocedure) from pg_proc p "
            "where p.pronamespace = current_schema()::regnamespace and p.proname like 'procrastinate\\_%'"
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
        cursor.execute(
            "select format('drop type if exists %I cascade', typname) from pg_type "
            "where typnamespace = current_schema()::regnamespace and typname like 'procrastinate\\_%' "
            "and typtype in ('e', 'c')"
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
