"""let the function that writes the book say which accounts are asked at commit

A condition of a trigger is read anew for every statement, also where it is never true; a trigger on a column that a statement does not set costs nothing. So `ledger_post` sets `code` (to what it is) of
the accounts that the chart calls asked, and the trigger hangs on that column. One line has a function of its own, in one statement. Deployed while the previous release still runs: it calls what stays.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "the_function_asks"
down_revision = "nightly_scores"
branch_labels = None
depends_on = None

ASKED = (1300, 1310, 1320, 1400, 1410, 1510, 2100, 2120, 2130)

# What may be said as it is: JSON of Python and of PostgreSQL write it alike. Anything else, and
# whatever else comes up, is left to the way for all.
_SIDE = """
        update ledger_account a set {0}s_posted = a.{0}s_posted + p_amount, version = a.version + 1
          from {1}
         where a.path = p_{0} and a.currency = p_currency
           and a.shard = case when way.{0}_busy then pg_backend_pid() % 16 else 0 end
           and (not a.limited or a.side = '{0}' or case a.side
                  when 'credit' then a.credits_posted - a.debits_posted - a.debits_pending
                  else a.debits_posted - a.credits_posted - a.credits_pending end >= p_amount)
        returning a.id, a.version, case a.side when 'credit' then a.credits_posted - a.debits_posted
                                               else a.debits_posted - a.credits_posted end as balance"""


def _in_turn(first: str, second: str) -> str:
    """Both sides, each locked by its update, in the order of their paths; then the two rows."""
    return f"""
      with way as materialized (
        select w.* from ledger_posting w where w.kind = p_kind
           and w.debit = split_part(p_debit, ':', 1)::int and w.credit = split_part(p_credit, ':', 1)::int),
      {first} as ({_SIDE.format(first, "way")}),
      {second} as ({_SIDE.format(second, f"{first} cross join way")}),
      journal as (
        insert into ledger_journal (id, idempotency_key, request_hash, form, kind, ref, business_date, event_at, line_count)
        select p_id, p_key, digest, 'entry', p_kind, p_ref, p_on, p_at, 1 from {second}
        on conflict (idempotency_key) do nothing returning id),
      line as (
        insert into ledger_transfer (journal_id, line, debit_account_id, credit_account_id, amount,
          debit_version, credit_version, debit_balance, credit_balance, currency, reason, state)
        select journal.id, 1, debit.id, credit.id, p_amount, debit.version, credit.version, debit.balance, credit.balance,
               p_currency, p_reason, 'posted' from journal cross join debit cross join credit returning journal_id)
      select debit.id, credit.id, line.journal_id, way.debit_asked or way.credit_asked
        into debit_id, credit_id, written, asked
        from way cross join {first} left join {second} on true left join line on true;
"""


# the same content as in ledger_post, and the same answers
POST_ONE = rf"""
create function ledger_post_one(
  p_id bigint, p_key text, p_kind text, p_ref text, p_on date, p_at timestamptz,
  p_debit text, p_credit text, p_amount bigint, p_currency text, p_reason text
) returns text language plpgsql security definer as $$
declare
  digest text; debit_id bigint; credit_id bigint; written bigint; asked boolean; was text;
begin
  if p_amount > 0 and p_debit <> p_credit and p_key <> ''
     and p_kind || p_ref || p_debit || p_credit || p_currency || p_reason ~ '^[ !#-\[\]-~]*$' then
    digest := encode(sha256(convert_to('["' || p_kind || '","' || p_ref || '","' || to_char(p_on, 'YYYY-MM-DD') || '",[["'
      || p_debit || '","' || p_credit || '","' || p_amount || '","' || p_currency || '","' || p_reason || '"]]]', 'UTF8')), 'hex');
    was := set_config('ledger.by', 'book', true);
    if (p_debit collate "C") < p_credit then {_in_turn("debit", "credit")}
    else {_in_turn("credit", "debit")}
    end if;
    if written is not null and asked then
      update ledger_account a set code = a.code from ledger_chart k
       where a.id in (debit_id, credit_id) and k.code = a.code and k.asked;
    elsif written is null and coalesce(debit_id, credit_id) is not null then
      -- nothing is written: the counters go back
      update ledger_account a
         set debits_posted = a.debits_posted - case when a.id = debit_id then p_amount else 0 end,
             credits_posted = a.credits_posted - case when a.id = credit_id then p_amount else 0 end,
             version = a.version - 1
       where a.id in (debit_id, credit_id);
    end if;
    was := set_config('ledger.by', '', true);
    if written is not null then return null; end if;
  end if;
  return ledger_post(p_id, p_key, 'entry', p_kind, p_ref, p_on, p_at, null, null, null,
                     array[p_debit], array[p_credit], array[p_amount], array[p_currency], array[p_reason]);
end $$;
"""

_ASK = """
  update ledger_account a set code = a.code from ledger_chart k
   where a.id = any({}) and k.code = a.code and k.asked;
"""
_IN_POST = (
    (
        "  posts int := 1; pends int := 0;\n",
        "  posts int := 1; pends int := 0; asked boolean := p_answers is not null;\n",
    ),
    (
        "      credit_shards[i] := case when way.credit_busy then here else 0 end;\n",
        "      credit_shards[i] := case when way.credit_busy then here else 0 end;\n"
        "      asked := asked or way.debit_asked or way.credit_asked;\n",
    ),
    (
        "      was := set_config('ledger.by', '', true);\n      return null;\n",
        f"      if asked then {_ASK.format('ids')} end if;\n"
        "      was := set_config('ledger.by', '', true);\n      return null;\n",
    ),
)
_IN_POST_ALL = (
    ("same jsonb; whole boolean;", "same jsonb; whole boolean; asked boolean;"),
    (
        "         array_agg(l.place order by l.i)\n    into broken, debit_shards, credit_shards, l_places\n",
        "         array_agg(l.place order by l.i), bool_or(w.debit_asked or w.credit_asked)\n"
        "    into broken, debit_shards, credit_shards, l_places, asked\n",
    ),
    (
        "     where a.path = s.path and a.currency = s.m and a.shard = s.s;\n  end if;\n",
        "     where a.path = s.path and a.currency = s.m and a.shard = s.s;\n"
        f"    if asked then {_ASK.format('debit_ids || credit_ids')} end if;\n  end if;\n",
    ),
)
TRIGGER = """
drop trigger ledger_account_adds_up on ledger_account;
create constraint trigger ledger_account_adds_up after update{} on ledger_account
  deferrable initially deferred for each row{} execute function ledger_account_adds_up();
"""
ANSWERS = ("resolves_id", "reverses_id")


def _module(name: str) -> Any:
    file = next(Path(__file__).parent.glob(f"*_{name}.py"))
    spec = spec_from_file_location(name, file)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _replaced(body: str, changes: tuple[tuple[str, str], ...]) -> str:
    for old, new in changes:
        assert body.count(old) == 1, old
        body = body.replace(old, new)
    return body


def _post_before() -> str:
    last = _module("unlimited_is_never_short")
    changes = ((last._WAS, last._IS), (last._LOOKED, last._LOOKS), (last._HAD, last._HAS))
    return _replaced(str(last._before()), changes)


def upgrade() -> None:
    for table, column in (
        ("ledger_chart", "asked"),
        ("ledger_posting", "debit_asked"),
        ("ledger_posting", "credit_asked"),
    ):
        added = sa.Column(column, sa.Boolean(), server_default=sa.false(), nullable=False)
        op.add_column(table, added)
    codes = ", ".join(map(str, ASKED))
    op.execute(f"update ledger_chart set asked = code in ({codes})")
    op.execute(
        f"update ledger_posting set debit_asked = debit in ({codes}), credit_asked = credit in ({codes})"
    )
    one = _module("one_function_writes_the_book")._ONE
    for body in (
        POST_ONE,
        _replaced(_post_before(), ((one, ""), *_IN_POST)),
        _replaced(_module("sets_in_line").POST_ALL, _IN_POST_ALL),
    ):
        op.execute(body.replace(":", "\\:"))
    op.execute(TRIGGER.format(" of code", ""))
    for column in ANSWERS:
        name = op.f(f"fk_ledger_journal_{column}_ledger_journal")
        op.drop_constraint(name, "ledger_journal", type_="foreignkey")


def downgrade() -> None:
    for column in ANSWERS:
        name = op.f(f"fk_ledger_journal_{column}_ledger_journal")
        op.create_foreign_key(name, "ledger_journal", "ledger_journal", [column], ["id"])
    op.execute(TRIGGER.format("", f" when (new.code in ({', '.join(map(str, ASKED))}))"))
    for body in (_post_before(), str(_module("sets_in_line").POST_ALL)):
        op.execute(body.replace(":", "\\:"))
    arguments = "bigint, text, text, text, date, timestamptz, text, text, bigint, text, text"
    op.execute(f"drop function ledger_post_one({arguments})")
    for column in ("credit_asked", "debit_asked"):
        op.drop_column("ledger_posting", column)
    op.drop_column("ledger_chart", "asked")
