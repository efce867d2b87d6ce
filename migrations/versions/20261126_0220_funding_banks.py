"""let banks fund a part of each loan

Deployed while the previous release still runs: add first, remove in a later release.
"""

from alembic import op

revision = "funding_banks"
down_revision = "campaigns"
branch_labels = None
depends_on = None

_TABLES = """
CREATE TABLE funder (
    id BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    code VARCHAR(12) NOT NULL,
    name VARCHAR(80) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    price_ppm INTEGER NOT NULL,
    committed BIGINT NOT NULL,
    used BIGINT NOT NULL,
    reopened BIGINT NOT NULL,
    paused BOOLEAN NOT NULL,
    CONSTRAINT pk_funder PRIMARY KEY (id),
    CONSTRAINT ck_funder_amounts_are_positive CHECK (used >= 0 and reopened >= 0),
    CONSTRAINT ck_funder_never_use_more_than_committed CHECK (used <= committed + reopened),
    CONSTRAINT ck_funder_price_is_a_rate CHECK (price_ppm between 0 and 1000000),
    CONSTRAINT ck_funder_code_is_plain CHECK (code ~ '^[A-Z][A-Z0-9]{1,11}$'),
    CONSTRAINT uq_funder_code UNIQUE (code)
);
CREATE TABLE waterfall_step (
    id BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    product VARCHAR(30) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    position INTEGER NOT NULL,
    funder_id BIGINT NOT NULL,
    share_ppm INTEGER NOT NULL,
    price_ppm INTEGER NOT NULL,
    grades VARCHAR(5) NOT NULL,
    most BIGINT NOT NULL,
    used BIGINT NOT NULL,
    ended_on DATE,
    CONSTRAINT pk_waterfall_step PRIMARY KEY (id),
    CONSTRAINT ck_waterfall_step_amounts_are_positive CHECK (used >= 0 and most > 0),
    CONSTRAINT ck_waterfall_step_share_is_a_part CHECK (share_ppm between 1 and 1000000),
    CONSTRAINT ck_waterfall_step_grades_are_known CHECK (grades ~ '^A?B?C?D?E?$'),
    CONSTRAINT fk_waterfall_step_funder_id_funder FOREIGN KEY(funder_id) REFERENCES funder (id)
);
CREATE INDEX ix_waterfall_step_funder_id ON waterfall_step (funder_id);
CREATE UNIQUE INDEX uq_waterfall_step_place ON waterfall_step (product, currency, position) WHERE ended_on is null;
CREATE TABLE funding_change (
    id BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    kind VARCHAR(10) NOT NULL,
    subject VARCHAR(30) NOT NULL,
    data JSONB NOT NULL,
    why VARCHAR(240) NOT NULL,
    proposed_by BIGINT NOT NULL,
    state VARCHAR(10) NOT NULL,
    decided_by BIGINT,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_funding_change PRIMARY KEY (id),
    CONSTRAINT ck_funding_change_state_is_known CHECK (state in ('proposed','done','refused')),
    CONSTRAINT ck_funding_change_kind_is_known CHECK (kind in ('bank','terms','waterfall','resume')),
    CONSTRAINT ck_funding_change_two_people CHECK (decided_by <> proposed_by),
    CONSTRAINT ck_funding_change_decided_by_somebody CHECK ((state = 'proposed') = (decided_by is null)),
    CONSTRAINT ck_funding_change_says_why CHECK (why <> '')
);
CREATE UNIQUE INDEX uq_funding_change_open ON funding_change (kind, subject) WHERE state = 'proposed';
CREATE TABLE participation (
    id BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ref VARCHAR(20) NOT NULL,
    code VARCHAR(20) NOT NULL,
    product VARCHAR(30) NOT NULL,
    grade VARCHAR(1) NOT NULL,
    currency VARCHAR(3) NOT NULL,
    funder_id BIGINT,
    step_id BIGINT,
    share_ppm INTEGER NOT NULL,
    coupon_ppm INTEGER NOT NULL,
    interest_ppm INTEGER NOT NULL,
    apr_ppm INTEGER NOT NULL,
    began_on DATE NOT NULL,
    principal BIGINT NOT NULL,
    open BIGINT NOT NULL,
    interest BIGINT NOT NULL,
    fees BIGINT NOT NULL,
    lost BIGINT NOT NULL,
    recovered BIGINT NOT NULL,
    due BIGINT NOT NULL,
    interest_due BIGINT NOT NULL,
    due_since DATE,
    entries INTEGER NOT NULL,
    CONSTRAINT pk_participation PRIMARY KEY (id),
    CONSTRAINT uq_participation_ref_funder_id UNIQUE (ref, funder_id),
    CONSTRAINT ck_participation_never_get_back_more_than_lent CHECK (open between 0 and principal),
    CONSTRAINT ck_participation_share_is_a_part CHECK (share_ppm between 1 and 1000000),
    CONSTRAINT ck_participation_interest_waits_for_the_bank CHECK (interest_due >= 0),
    CONSTRAINT uq_participation_code UNIQUE (code),
    CONSTRAINT fk_participation_funder_id_funder FOREIGN KEY(funder_id) REFERENCES funder (id),
    CONSTRAINT fk_participation_step_id_waterfall_step FOREIGN KEY(step_id) REFERENCES waterfall_step (id)
);
CREATE INDEX ix_participation_waits ON participation (funder_id) WHERE due_since is not null;
CREATE UNIQUE INDEX uq_participation_own ON participation (ref) WHERE funder_id is null;
CREATE TABLE participation_flow (
    id BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    participation_id BIGINT NOT NULL,
    entry INTEGER NOT NULL,
    "on" DATE NOT NULL,
    cause VARCHAR(60) NOT NULL,
    drawn BIGINT NOT NULL,
    back BIGINT NOT NULL,
    interest BIGINT NOT NULL,
    fees BIGINT NOT NULL,
    lost BIGINT NOT NULL,
    recovered BIGINT NOT NULL,
    CONSTRAINT pk_participation_flow PRIMARY KEY (id),
    CONSTRAINT uq_participation_flow_participation_id_entry UNIQUE (participation_id, entry),
    CONSTRAINT fk_participation_flow_participation_id_participation FOREIGN KEY(participation_id) REFERENCES participation (id)
);
CREATE INDEX ix_participation_flow_on ON participation_flow ("on");
CREATE TABLE funding_transfer (
    id BIGINT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    number VARCHAR(20) NOT NULL,
    funder_id BIGINT NOT NULL,
    "on" DATE NOT NULL,
    due BIGINT NOT NULL,
    interest BIGINT NOT NULL,
    CONSTRAINT pk_funding_transfer PRIMARY KEY (id),
    CONSTRAINT ck_funding_transfer_interest_goes_to_the_bank CHECK (interest >= 0),
    CONSTRAINT uq_funding_transfer_number UNIQUE (number),
    CONSTRAINT fk_funding_transfer_funder_id_funder FOREIGN KEY(funder_id) REFERENCES funder (id)
);
CREATE INDEX ix_funding_transfer_funder_id ON funding_transfer (funder_id);
"""


def upgrade() -> None:
    op.execute(_TABLES)


def downgrade() -> None:
    for name in (
        "funding_transfer",
        "participation_flow",
        "participation",
        "funding_change",
        "waterfall_step",
        "funder",
    ):
        op.drop_table(name)
