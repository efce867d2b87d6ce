"""kept rows of features and scores are found by their day"""

from alembic import op

revision = "rows_age"
down_revision = "lighter_guards"
branch_labels = None
depends_on = None

_TABLES = ("feature_row", "score_row")


def upgrade() -> None:
    for table in _TABLES:
        op.create_index(f"ix_{table}_as_of", table, ["as_of"], postgresql_using="brin")


def downgrade() -> None:
    for table in _TABLES:
        op.drop_index(f"ix_{table}_as_of", table)
