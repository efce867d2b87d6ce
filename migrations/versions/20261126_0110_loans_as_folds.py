"""loans keep their terms and numbered events, from which everything else is folded

A loan that was lent before gets an `opening` event with its state as it stands.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "loans_as_folds"
down_revision = "taken_back"
branch_labels = None
depends_on = None

TERMS = """
    update loan set terms = jsonb_build_object(
      'count', months, 'pricing', 'flat', 'rate_ppm', monthly_fee_ppm, 'every', 'month',
      'step', 1, 'first', 1, 'starts_at', 'receipt', 'latest', 0)
"""
NUMBERS = """
    update loan_event e set entry = n.entry
      from (select id, row_number() over (partition by loan_id order by id) as entry
              from loan_event) n
     where n.id = e.id
"""
OPENINGS = """
    insert into loan_event (id, created_at, loan_id, entry, key, kind, "on", amount, ref, note, details)
    select (select max(id) from loan_event) + row_number() over (order by l.id), now(), l.id,
           e.entry + 1, 'opening', 'opening', e."on", 0, '', '', jsonb_build_object(
      'loan', jsonb_build_object(
        'refunded', l.refunded, 'state', l.state, 'starts_on', l.starts_on,
        'defaulted_on', l.defaulted_on, 'charged_off_on', l.charged_off_on,
        'closed_on', l.closed_on, 'provisioned', l.provisioned, 'recovered', l.recovered),
      'rows', (select jsonb_agg(jsonb_build_object(
          'number', i.number, 'due_on', i.due_on, 'principal', i.principal, 'fee', i.fee,
          'late_fee', i.late_fee, 'principal_paid', i.principal_paid, 'fee_paid', i.fee_paid,
          'late_fee_paid', i.late_fee_paid, 'paused', i.paused, 'fee_free', i.fee_free,
          'state', i.state, 'accrued_on', i.accrued_on, 'late_fee_on', i.late_fee_on,
          'paid_on', i.paid_on) order by i.number) from installment i where i.loan_id = l.id),
      'orders', (select jsonb_agg(jsonb_build_object(
          'number', o.order_number, 'amount', o.amount, 'refunded', o.refunded,
          'paused', o.paused, 'received_on', o.received_on) order by o.id)
        from loan_order o where o.loan_id = l.id),
      'payments', coalesce((select jsonb_agg(jsonb_build_object(
          'amount', p.amount, 'returned', p.returned) order by p.id)
        from loan_payment p where p.loan_id = l.id), '[]'))
      from loan l
      join (select loan_id, max(entry) as entry, max("on") as "on" from loan_event
             group by loan_id) e on e.loan_id = l.id
"""


def upgrade() -> None:
    op.add_column("loan", sa.Column("terms", JSONB()))
    op.add_column("loan_event", sa.Column("entry", sa.Integer()))
    op.add_column("loan_order", sa.Column("shipped_on", sa.Date()))
    op.execute(TERMS)
    op.execute("alter table loan_event disable trigger loan_event_stays")
    op.execute(NUMBERS)
    op.execute("alter table loan_event enable trigger loan_event_stays")
    op.execute(OPENINGS)
    op.alter_column("loan", "terms", nullable=False)
    op.alter_column("loan_event", "entry", nullable=False)
    op.create_unique_constraint("uq_loan_event_loan_id_entry", "loan_event", ["loan_id", "entry"])


def downgrade() -> None:
    op.execute("alter table loan_event disable trigger loan_event_stays")
    op.execute("delete from loan_event where kind = 'opening'")
    op.execute("alter table loan_event enable trigger loan_event_stays")
    op.drop_constraint("uq_loan_event_loan_id_entry", "loan_event")
    op.drop_column("loan_order", "shipped_on")
    op.drop_column("loan_event", "entry")
    op.drop_column("loan", "terms")
