"""write an entry of one line in five small statements

One statement with five parts cost more to start than five cost to run: a plan of eighteen nodes, made ready for each transfer, and the shard of a busy account was a filter, not a key of the index. Locks are taken in the same
order, the same is refused, and the answers are the same. Deployed while the previous release runs: it calls the same function.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from alembic import op

revision = "statements_in_turn"
down_revision = "owner_works_the_day"
branch_labels = None
depends_on = None

_SIDE = """
      update ledger_account a set {0}s_posted = a.{0}s_posted + p_amount, version = a.version + 1
       where a.path = p_{0} and a.currency = p_currency and a.shard = {0}_shard
         and (not a.limited or a.side = '{0}' or a.{1}s_posted - a.{0}s_posted - a.{0}s_pending >= p_amount)
      returning a.id, a.version, case a.side when 'credit' then a.credits_posted - a.debits_posted
                                             else a.debits_posted - a.credits_posted end
        into {0}_id, {0}_version, {0}_balance;"""


def _in_turn(first: str, second: str) -> str:
    """Both sides, each locked by its update, in the order of their paths."""
    return (
        _SIDE.format(first, second)
        + f"\n      if {first}_id is not null then"
        + _SIDE.format(second, first)
        + "\n      end if;"
    )


# the same content as in ledger_post, and the same answers; whatever is not plain is left to it
POST_ONE = rf"""
create or replace function ledger_post_one(
  p_id bigint, p_key text, p_kind text, p_ref text, p_on date, p_at timestamptz,
  p_debit text, p_credit text, p_amount bigint, p_currency text, p_reason text
) returns text language plpgsql security definer as $$
declare
  digest text; was text; asked boolean; debit_shard int; credit_shard int;
  debit_id bigint; debit_version bigint; debit_balance bigint;
  credit_id bigint; credit_version bigint; credit_balance bigint;
begin
  if p_amount > 0 and p_debit <> p_credit and p_key <> ''
     and concat(p_kind, p_ref, p_debit, p_credit, p_currency, p_reason) ~ '^[ !#-\[\]-~]*$' then
    select case when w.debit_busy then pg_backend_pid() % 16 else 0 end,
           case when w.credit_busy then pg_backend_pid() % 16 else 0 end, w.debit_asked or w.credit_asked
      into debit_shard, credit_shard, asked
      from ledger_posting w where w.kind = p_kind
       and w.debit = split_part(p_debit, ':', 1)::int and w.credit = split_part(p_credit, ':', 1)::int;
  end if;
  if asked is not null then
    digest := encode(sha256(convert_to(concat('["', p_kind, '","', p_ref, '","', to_char(p_on, 'YYYY-MM-DD'), '",[["',
      p_debit, '","', p_credit, '","', p_amount, '","', p_currency, '","', p_reason, '"]]]'), 'UTF8')), 'hex');
    was := set_config('ledger.by', 'book', true);
    if (p_debit collate "C") < p_credit then{_in_turn("debit", "credit")}
    else{_in_turn("credit", "debit")}
    end if;
    if debit_id is not null and credit_id is not null then
      insert into ledger_journal (id, idempotency_key, request_hash, form, kind, ref, business_date, event_at, line_count)
      values (p_id, p_key, digest, 'entry', p_kind, p_ref, p_on, p_at, 1)
      on conflict (idempotency_key) do nothing;
      if found then
        if asked then
          update ledger_account a set code = a.code from ledger_chart k
           where a.id in (debit_id, credit_id) and k.code = a.code and k.asked;
        end if;
        -- the last statement also takes off the sign of the book: one expression less to make ready
        insert into ledger_transfer (journal_id, line, debit_account_id, credit_account_id, amount,
          debit_version, credit_version, debit_balance, credit_balance, currency, reason, state)
        values (p_id, 1, debit_id, credit_id, p_amount,
          debit_version, credit_version, debit_balance, credit_balance, p_currency, p_reason, 'posted')
        returning set_config('ledger.by', '', true) into was;
        return null;
      end if;
    end if;
    if coalesce(debit_id, credit_id) is not null then
      -- nothing is written: the counters go back
      update ledger_account a
         set debits_posted = a.debits_posted - case when a.id = debit_id then p_amount else 0 end,
             credits_posted = a.credits_posted - case when a.id = credit_id then p_amount else 0 end,
             version = a.version - 1
       where a.id in (debit_id, credit_id);
    end if;
    was := set_config('ledger.by', '', true);
  end if;
  return ledger_post(p_id, p_key, 'entry', p_kind, p_ref, p_on, p_at, null, null, null,
                     array[p_debit], array[p_credit], array[p_amount], array[p_currency], array[p_reason]);
end $$;
"""


def _before() -> str:
    file = next(Path(__file__).parent.glob("*_the_function_asks.py"))
    spec = spec_from_file_location("the_function_asks", file)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.POST_ONE).replace("create function", "create or replace function")


def upgrade() -> None:
    op.execute(POST_ONE.replace(":", "\\:"))


def downgrade() -> None:
    op.execute(_before().replace(":", "\\:"))
