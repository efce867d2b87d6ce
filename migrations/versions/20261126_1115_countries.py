"""say in which country an address is; those of before are in the mall's own"""

import os

import sqlalchemy as sa
from alembic import op

from config import Config

revision = "countries"
down_revision = "reserve_pays_last"
branch_labels = None
depends_on = None


def upgrade() -> None:
    mine = os.environ.get("MALL_COUNTRY") or Config.MALL_COUNTRY
    country = sa.Column("country", sa.String(2), server_default=mine, nullable=False)
    op.add_column("address", country)
    op.alter_column("address", "country", server_default=None)
    name = op.f("ck_address_country_has_two_letters")
    op.create_check_constraint(name, "address", "country ~ '^[A-Z]{2}$'")


def downgrade() -> None:
    op.drop_column("address", "country")
