"""Whether everything in the database that guards the book is there and switched on."""

from core import selfcheck, triggers
from ledger.models import accounts, journals, transfers

# md5 of each body as its migration wrote it: a guard that was emptied is a guard that is missing
triggers.expect(
    {
        "ledger_account_guarded": "ledger_guard_account",
        "ledger_account_stays": "ledger_refuse",
        "ledger_journal_append_only": "ledger_refuse",
        "ledger_journal_sealed": "ledger_seal",
        "ledger_transfer_append_only": "ledger_refuse",
        "ledger_transfer_moves": "ledger_move",
    },
    {
        "ledger_guard_account": "2558d2d01cbc5002eb2c0221c6683138",
        "ledger_move": "94239c84254eb59f9a972e46c1770c8e",
        "ledger_refuse": "a2a4267416ce4ee8e227900ca1fcd9a5",
        "ledger_seal": "2f33edea2f73bf9269f33f315a94d9e1",
    },
)


def missing() -> list[str]:
    """Names of the triggers, function bodies and constraints that are not as they must be."""
    return triggers.missing("ledger_") + selfcheck.missing_constraints(
        accounts, journals, transfers
    )
