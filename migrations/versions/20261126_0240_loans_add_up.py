"""let no commit leave a loan or an advance other than the book has it

Asked when a row, a loan or an advance is written and when one of their accounts is moved: the same sums as in the audit, of one contract, by its keys. Deployed while the previous release still
runs: rules that its code keeps already.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from alembic import op

revision = "loans_add_up"
down_revision = "movements_move_stock"
branch_labels = None
depends_on = None

LOAN = """
create function loan_must_add_up(p_number text) returns void language plpgsql security definer as $$
declare
  l loan;
  owed record;
  booked record;
begin
  select * into l from loan where number = p_number;
  if not found then
    raise exception 'there is no loan % for its accounts', p_number
      using errcode = 'integrity_constraint_violation';
  end if;
  select coalesce(sum(i.principal), 0) as lent,
         coalesce(sum(i.principal - i.principal_paid), 0) as principal,
         coalesce(sum(i.fee - i.fee_paid) filter (where i.accrued_on is not null), 0) as interest,
         coalesce(sum(i.late_fee - i.late_fee_paid), 0) as late_fee
    into owed from installment i where i.loan_id = l.id;
  select coalesce(sum(a.debits_posted - a.credits_posted) filter (where a.code = 1300), 0) as principal,
         coalesce(sum(a.debits_posted - a.credits_posted) filter (where a.code = 1310), 0) as interest,
         coalesce(sum(a.debits_posted - a.credits_posted) filter (where a.code = 1320), 0) as late_fee,
         count(*) filter (where a.currency <> l.currency) as elsewhere
    into booked from ledger_account a
   where a.path in ('1300:loan_principal:' || l.number, '1310:loan_interest:' || l.number,
                    '1320:loan_fee:' || l.number);
  if l.charged_off_on is not null then
    owed.principal := 0;
    owed.interest := 0;
    owed.late_fee := 0;
  end if;
  if owed.lent <> l.principal - l.refunded or booked.elsewhere > 0
     or (owed.principal, owed.interest, owed.late_fee)
     <> (booked.principal, booked.interest, booked.late_fee) then
    raise exception 'loan % is not what its accounts say', l.number
      using errcode = 'integrity_constraint_violation';
  end if;
end $$;
create function loan_adds_up() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'loan' then
    perform loan_must_add_up(new.number);
  else
    perform loan_must_add_up(l.number) from loan l where l.id = new.loan_id;
  end if;
  return null;
end $$;
create constraint trigger loan_adds_up after insert or update of refunded, charged_off_on on loan
  deferrable initially deferred for each row execute function loan_adds_up();
create constraint trigger installment_adds_up after insert or update of principal, principal_paid,
    fee, fee_paid, late_fee, late_fee_paid, accrued_on on installment
  deferrable initially deferred for each row execute function loan_adds_up();
"""

ADVANCE = """
create function advance_must_add_up(p_number text) returns void language plpgsql security definer as $$
begin
  if not exists (select from advance a where a.number = p_number
       and (a.principal - a.principal_paid - a.principal_forgiven,
            a.fee_charged - a.fee_paid - a.fee_forgiven, 0) = (
         select coalesce(sum(k.debits_posted - k.credits_posted) filter (where k.code = 1400), 0),
                coalesce(sum(k.debits_posted - k.credits_posted) filter (where k.code = 1410), 0),
                count(*) filter (where k.currency <> a.currency)
           from ledger_account k
          where k.path in ('1400:advance_principal:' || p_number, '1410:advance_fee:' || p_number))) then
    raise exception 'advance % is not what its accounts say', p_number
      using errcode = 'integrity_constraint_violation';
  end if;
end $$;
create function advance_adds_up() returns trigger language plpgsql as $$
begin
  perform advance_must_add_up(new.number);
  return null;
end $$;
create constraint trigger advance_adds_up after insert or update of principal, principal_paid,
    principal_forgiven, fee_charged, fee_paid, fee_forgiven on advance
  deferrable initially deferred for each row execute function advance_adds_up();
"""

ACCOUNT = """
create or replace function ledger_account_adds_up() returns trigger language plpgsql as $$
declare
  owner_of text := split_part(new.path, ':', 3);
begin
  case
    when new.code = 2100 then perform order_must_add_up(owner_of);
    when new.code in (1300, 1310, 1320) then perform loan_must_add_up(owner_of);
    when new.code in (1400, 1410) then perform advance_must_add_up(owner_of);
    when new.code = 2120 then perform reserve_must_add_up(owner_of, new.currency);
    when new.code = 2130 then perform payout_must_add_up(owner_of);
    when new.code = 1510 then
      if not exists (select from dispute d where d.number = owner_of and d.currency = new.currency
           and d.withdrawn - d.reinstated - d.lost = (
             select a.debits_posted - a.credits_posted from ledger_account a where a.id = new.id)) then
        raise exception 'dispute % does not add up with the book', owner_of
          using errcode = 'integrity_constraint_violation';
      end if;
  end case;
  return null;
end $$;
drop trigger ledger_account_adds_up on ledger_account;
create constraint trigger ledger_account_adds_up after update on ledger_account
  deferrable initially deferred for each row
  when (new.code in (1300, 1310, 1320, 1400, 1410, 1510, 2100, 2120, 2130))
  execute function ledger_account_adds_up();
"""


def upgrade() -> None:
    for statements in (LOAN, ADVANCE, ACCOUNT):
        op.execute(statements.replace(":", "\\:"))


def _account_as_before() -> str:
    """The check of an account as its own migration wrote it."""
    file = Path(__file__).with_name("20261126_0220_accounts_add_up.py")
    spec = spec_from_file_location("accounts_add_up", file)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.ACCOUNT)


def downgrade() -> None:
    op.execute("drop trigger ledger_account_adds_up on ledger_account")
    op.execute("drop function ledger_account_adds_up()")
    op.execute(_account_as_before().replace(":", "\\:"))
    for name, table in (
        ("loan_adds_up", "loan"),
        ("installment_adds_up", "installment"),
        ("advance_adds_up", "advance"),
    ):
        op.execute(f"drop trigger {name} on {table}")
    for function in (
        "loan_adds_up()",
        "loan_must_add_up(text)",
        "advance_adds_up()",
        "advance_must_add_up(text)",
    ):
        op.execute(f"drop function {function}")
