"""ask of each posting only what nothing else asks

The guard of accounts looked at every change of a counter, though the application has no right to make one and the functions of the book hold the limits themselves: now it looks at what an account is, and
one look a statement is left at who moves counters. That a release has lines is asked by its cause, so the trigger whose condition was read anew at every journal goes. Deployed while the previous release runs.
"""

from alembic import op

revision = "lighter_guards"
down_revision = "limits_of_lines_move"
branch_labels = None
depends_on = None

LIGHTER = """
drop trigger ledger_account_guarded on ledger_account;
create trigger ledger_account_guarded
  before insert or update of id, path, shard, currency, code, side, limited on ledger_account
  for each row execute function ledger_guard_account();
create trigger ledger_account_by_book before update on ledger_account
  for each statement execute function ledger_only_book();
drop trigger ledger_release_has_lines on ledger_journal;
"""
BEFORE = """
drop trigger ledger_account_by_book on ledger_account;
drop trigger ledger_account_guarded on ledger_account;
create trigger ledger_account_guarded before insert or update on ledger_account
  for each row execute function ledger_guard_account();
create constraint trigger ledger_release_has_lines after insert on ledger_journal
  deferrable initially deferred for each row when (new.kind = 'order.released')
  execute function settlement_adds_up();
"""


def upgrade() -> None:
    op.execute(LIGHTER)


def downgrade() -> None:
    op.execute(BEFORE)
