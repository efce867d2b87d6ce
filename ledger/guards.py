"""Whether everything in the database that guards the book is there and switched on."""

from core import selfcheck, triggers
from ledger import declaring
from ledger.models import accounts, chart, declared, heads, journals, links, transfers

# md5 of each body as its migration wrote it: a guard that was emptied is a guard that is missing
triggers.expect(
    {
        "ledger_account_adds_up": "ledger_account_adds_up",
        "ledger_account_by_book": "ledger_only_book",
        "ledger_account_guarded": "ledger_guard_account",
        "ledger_account_stays": "ledger_refuse",
        "ledger_journal_append_only": "ledger_refuse",
        "ledger_journal_by_book": "ledger_only_book",
        "ledger_journal_has_cause": "ledger_journal_has_cause",
        "ledger_transfer_append_only": "ledger_refuse",
        "ledger_transfer_by_book": "ledger_only_book",
    },
    {
        "ledger_account_adds_up": "1298e8b4658f592a8fa30e122fdc868c",
        "ledger_ascii": "c178bb27c52c0d15b4a5c73c5936d221",
        "ledger_caused": "e2441ad908c606d03b5bfc2f3f4544a1",
        "ledger_guard_account": "3537b7f65d1c74273f9f28de21dad9fc",
        "ledger_journal_has_cause": "78c798764787730ff6410907b1ed9b1d",
        "ledger_only_book": "25bbfe97e0e6032569a3f2d5cafb8d26",
        "ledger_open": "26aa150997064291935f7d8c5c38ca78",
        "ledger_post": "a8ceabbad7e9302633be577b4a632570",
        "ledger_post_all": "4be67c8a28e2a2a358c21793f16f0080",
        "ledger_post_one": "60646f366e1b43aeba8208f0e52666b4",
        "ledger_refuse": "a2a4267416ce4ee8e227900ca1fcd9a5",
        "ledger_seal": "1a762adca4fbb58675b35ef0ab354d37",
        "ledger_told": "8c262b652b121d2d63e42ceea7258741",
    },
)


def missing() -> list[str]:
    """Names of triggers, functions, constraints and declared postings that are not as they must be."""
    return [
        *triggers.missing("ledger_"),
        *selfcheck.missing_constraints(
            accounts, journals, transfers, chart, declared, links, heads
        ),
        *declaring.faults(),
    ]
