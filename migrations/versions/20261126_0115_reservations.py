"""reserve sellers' exposure by offer and contract, and hold it to its limit

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "reservations"
down_revision = "loans_as_folds"
branch_labels = None
depends_on = None

_STATES = (
    "case state when 'held' then given = 0 and expires_at is not null "
    "when 'drawn' then given = 0 when 'partly_repaid' then given > 0 and given < amount "
    "when 'released' then given = amount or advance_id is null else false end"
)
_GUARD = """
create function seller_exposure_grows_within() returns trigger language plpgsql as $$
begin
  if new.used + new.held > old.used + old.held and new.used + new.held > new.credit_limit then
    raise exception 'seller % may owe %, not %', new.seller_id, new.credit_limit,
      new.used + new.held using errcode = 'check_violation';
  end if;
  return new;
end $$;
create trigger seller_exposure_within before update on seller_exposure
  for each row execute function seller_exposure_grows_within();
"""
# what runs already; an advance's id is free in the new table
_CARRY_OVER = """
insert into seller_reservation (id, created_at, seller_id, number, key, product, currency, amount,
    given, state, decision_id, advance_id, offer)
select id, created_at, seller_id, number, '', product, currency, principal, given,
       case given when 0 then 'drawn' when principal then 'released' else 'partly_repaid' end,
       decision_id, id, '{}'
  from (select a.*, principal_paid + principal_forgiven as given from advance a) x
"""
_PAYMENTS = "principal >= 0 and fee >= 0"


def upgrade() -> None:
    for name in ("held", "credit_limit"):
        column = sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
        op.add_column("seller_exposure", column)
    op.create_check_constraint(
        op.f("ck_seller_exposure_held_is_positive"), "seller_exposure", "held >= 0"
    )
    _make_reservations()
    op.execute(_CARRY_OVER)
    op.execute("update seller_exposure set credit_limit = used")
    op.execute(_GUARD)
    _check_payments(f"{_PAYMENTS} or reason = 'corrected'")


def _make_reservations() -> None:
    op.create_table(
        "seller_reservation",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("product", sa.String(20), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(14), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("advance_id", sa.BigInteger()),
        sa.Column("offer", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seller_reservation")),
        sa.UniqueConstraint("number", name=op.f("uq_seller_reservation_number")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_seller_reservation_decision_id_decision")
        ),
        sa.ForeignKeyConstraint(
            ["advance_id"], ["advance.id"], name=op.f("fk_seller_reservation_advance_id_advance")
        ),
        sa.CheckConstraint(
            "amount > 0 and given between 0 and amount",
            name=op.f("ck_seller_reservation_gives_at_most_all"),
        ),
        sa.CheckConstraint(_STATES, name=op.f("ck_seller_reservation_state_fits_amounts")),
    )
    op.create_index(
        "ix_seller_reservation_open",
        "seller_reservation",
        ["seller_id"],
        postgresql_where=sa.text("state <> 'released'"),
    )


def _check_payments(rule: str) -> None:
    name = op.f("ck_remittance_amounts_are_positive")
    op.drop_constraint(name, "remittance", type_="check")
    op.create_check_constraint(name, "remittance", rule)


def downgrade() -> None:
    _check_payments(_PAYMENTS)
    op.execute("drop trigger seller_exposure_within on seller_exposure")
    op.execute("drop function seller_exposure_grows_within()")
    op.drop_table("seller_reservation")
    op.drop_constraint(op.f("ck_seller_exposure_held_is_positive"), "seller_exposure", type_="check")
    op.drop_column("seller_exposure", "credit_limit")
    op.drop_column("seller_exposure", "held")
