"""let a bank take back what it proposed, while nobody has decided on it"""

import sqlalchemy as sa
from alembic import op

revision = "proposals_withdrawn"
down_revision = "sets_in_fewer_passes"
branch_labels = None
depends_on = None

_STATES = "state in ('proposed','done','refused'{})"
_DECIDED = "(state {}) = (decided_by is null)"


def _say(name: str, rule: str) -> None:
    op.drop_constraint(op.f(f"ck_funding_change_{name}"), "funding_change", type_="check")
    op.create_check_constraint(op.f(f"ck_funding_change_{name}"), "funding_change", rule)


def upgrade() -> None:
    op.add_column("funding_change", sa.Column("withdrawn_by", sa.BigInteger()))
    _say("state_is_known", _STATES.format(",'withdrawn'"))
    _say("decided_by_somebody", _DECIDED.format("in ('proposed','withdrawn')"))
    op.create_check_constraint(
        op.f("ck_funding_change_withdrawn_by_somebody"),
        "funding_change",
        "(state = 'withdrawn') = (withdrawn_by is not null)",
    )


def downgrade() -> None:
    op.execute("delete from funding_change where state = 'withdrawn'")
    op.drop_constraint(
        op.f("ck_funding_change_withdrawn_by_somebody"), "funding_change", type_="check"
    )
    _say("decided_by_somebody", _DECIDED.format("= 'proposed'"))
    _say("state_is_known", _STATES.format(""))
    op.drop_column("funding_change", "withdrawn_by")
