"""never call an account short that has no limit

Between an update that found no account and the look at why, another session may open it. An account that may fall below zero was then called short.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from alembic import op

revision = "unlimited_never_short"
down_revision = "relief"
branch_labels = None
depends_on = None

_WAS = "        elsif v_balance < 0 then\n"
_IS = "        elsif v_balance < 0 and v_limited then\n"
_LOOKED = "          into v_balance from ledger_account a\n"
_LOOKS = "               , a.limited into v_balance, v_limited from ledger_account a\n"
_HAD = "v_balance bigint; v_credit boolean;\n"
_HAS = "v_balance bigint; v_credit boolean; v_limited boolean;\n"


def _before() -> str:
    file = Path(__file__).with_name("20261126_0150_one_function_writes_the_book.py")
    spec = spec_from_file_location("one_function_writes", file)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.POST).replace("create function", "create or replace function")


def upgrade() -> None:
    body = _before()
    for old, new in ((_WAS, _IS), (_LOOKED, _LOOKS), (_HAD, _HAS)):
        assert body.count(old) == 1, old
        body = body.replace(old, new)
    op.execute(body)


def downgrade() -> None:
    op.execute(_before())
