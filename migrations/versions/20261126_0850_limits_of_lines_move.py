"""let the limit of a line move: less at once, more by agreement

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "limits_of_lines_move"
down_revision = "born_after_all"
branch_labels = None
depends_on = None

_TABLE = "credit_line"


def _check(name: str, rule: str) -> None:
    op.create_check_constraint(op.f(f"ck_{_TABLE}_{name}"), _TABLE, rule)


def _drop(name: str) -> None:
    op.drop_constraint(op.f(f"ck_{_TABLE}_{name}"), _TABLE, type_="check")


def upgrade() -> None:
    op.add_column(_TABLE, sa.Column("offered_limit", sa.BigInteger()))
    op.add_column(_TABLE, sa.Column("offered_until", sa.Date()))
    _drop("terms_are_positive")
    _drop("own_ceiling_is_lower")
    _check("terms_are_positive", "credit_limit >= 0 and daily_ppm > 0")
    _check("own_ceiling_is_positive", "own_ceiling >= 0")
    _check(
        "more_is_offered_until_a_day",
        "(offered_limit is null) = (offered_until is null) and offered_limit > credit_limit",
    )


def downgrade() -> None:
    _drop("more_is_offered_until_a_day")
    _drop("own_ceiling_is_positive")
    _drop("terms_are_positive")
    op.execute(f"update {_TABLE} set credit_limit = 1 where credit_limit = 0")  # noqa: S608
    op.execute(f"update {_TABLE} set own_ceiling = credit_limit where own_ceiling > credit_limit")  # noqa: S608
    _check("terms_are_positive", "credit_limit > 0 and daily_ppm > 0")
    _check("own_ceiling_is_lower", "own_ceiling between 0 and credit_limit")
    op.drop_column(_TABLE, "offered_until")
    op.drop_column(_TABLE, "offered_limit")
