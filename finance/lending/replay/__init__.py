"""A loan as a fold over its dated events: terms + events → its state on any day.

The library, for our own loans (docs/replay.md has the rules and the command's format):

    terms = config.Terms(approved=Decimal(1000), count=12, rate=Decimal("9.99"), recalculates=True)
    life = [
        Event("DISBURSEMENT", on=day, entered=day, order=1, id=1, amount=Decimal(1000)),
        Event("REPAYMENT", on=later, entered=later, order=2, id=2, amount=Decimal("87.92")),
    ]
    now = state.replay(terms, life, as_of=later)

`now` has rows (by part: due, paid, outstanding), balances (outstanding, due, overdue, paid), what each
event did to which row, accrued interest, the payoff, the status and the journal by role. Amounts are
Decimals in the currency, rounded to its minor unit; rates are percent a year.

An event that is entered late is simply added to the list: `on` says where it counts, `entered` and `order`
which comes first on a day. What the book must be corrected by is `state.difference(before, after)`.

config     Terms, and reading them from JSON      events    Event, their order, what is in force
state      replay, difference, State              entries   the journal by role
fold       one event after the other              work      the working state (rows, plan, credit balance)
plan:      periods (and their stretches), spans (the plan), daycount, levels, changes, due, new_terms
payments:  orders, allocation, credits, replan, forgiven    rows      one row of the schedule
command:   timeline, answer, render, text, fields, cli

Nothing here reads a clock, a file or a database.
"""
