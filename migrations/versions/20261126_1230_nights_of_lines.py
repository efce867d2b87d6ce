"""let only the database write down what a night of lines cost

The application has called `day_accrue_lines` for it since the release before.
"""

from alembic import op

revision = "nights_of_lines"
down_revision = "advances_fold"

_OWNED = ("interest accrued", "provisions of plans", "provisions of advances")
_NIGHTS = "interest of lines accrued"


def _say(steps: tuple[str, ...]) -> None:
    names = ", ".join(f"'{step}'" for step in steps)
    op.execute(f"""
create or replace function day_chunk_says() returns trigger language plpgsql as $$
begin
  if new.booked is null then
    raise exception 'a chunk says what it booked' using errcode = 'integrity_constraint_violation';
  elsif new.step in ({names}) and current_user = 'mall_app' then
    raise exception 'the database works out % itself', new.step using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
""")


def upgrade() -> None:
    _say((*_OWNED, _NIGHTS))


def downgrade() -> None:
    _say(_OWNED)
