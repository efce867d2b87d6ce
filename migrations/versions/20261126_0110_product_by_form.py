"""let a form make one product, however often it is sent

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "product_by_form"
down_revision = "evidence_files"
branch_labels = None
depends_on = None

NAME = "uq_product_seller_id_form_key"


def upgrade() -> None:
    op.add_column("product", sa.Column("form_key", sa.String(60)))
    op.create_unique_constraint(op.f(NAME), "product", ["seller_id", "form_key"])


def downgrade() -> None:
    op.drop_constraint(op.f(NAME), "product")
    op.drop_column("product", "form_key")
