"""What must stand behind a journal: rows that say the same as its lines, asked at commit.

A `bookkeeping.py` declares with each posting which row caused it and what that row says of accounts
which no check adds up by themselves (a balance, what is owed to a person …). From all of these the
owner makes one function of the database, `ledger_expected`; `ledger_journal_has_cause` compares.
"""

import re
from dataclasses import dataclass

from ledger.accounts import BY_NAME

# what nothing else adds up; migration `causes` has the same list
ASKED = (
    "in_transit",
    "cash_with_courier",
    "bank",
    "due_at_door",
    "accrued_interest",
    "seller_receivable",
    "loss_allowance",
    "suspense",
    "seller_payable",
    "wallet",
    "refund_payable",
    "partner_payable",
    "partner_interest",
    "partner_due",
    "unearned_fee",
)
_PLACE = re.compile(r"\{(\w+)\}")
_WORDS = {"ref": "of_ref", "on": "of_on"}  # of the journal itself


@dataclass(frozen=True, slots=True)
class Cause:
    """Rows `of` a table `when` they are the cause, and what each says of accounts.

    moves   (kind of account, SQL of whose it is, SQL of what it gains by credits less debits);
            None for an amount says only whose account may be moved, '' for an owner: it has none
    """

    of: str
    when: str
    moves: tuple[tuple[str, str, str | None], ...]
    currency: str


Move = tuple[str, str | None]
Causes = Cause | tuple[Cause, ...]


def cause(of: str, when: str, *, currency: str = "currency", **moves: Move) -> Cause:
    """A declaration: `cause("payout p", "p.number = {number}", seller_payable=("p.seller_id",
    "-p.amount"))`.

    {name} stands for that part of the journal's key, {ref} and {on} for its ref and date. Raises
    TypeError for an account that the chart does not have.
    """
    unknown = [name for name in moves if name not in BY_NAME]
    if unknown:
        raise TypeError(f"no such account in the chart: {', '.join(unknown)}")
    return Cause(of, when, tuple((name, *move) for name, move in moves.items()), currency)


def as_tuple(causes: Causes | None) -> tuple[Cause, ...]:
    """One, several or none."""
    if causes is None:
        return ()
    return causes if isinstance(causes, tuple) else (causes,)


def fits(cause: Cause, pattern: str) -> bool:
    """Whether a key of this pattern has every part that the cause asks for."""
    sql = " ".join(str(each) for each in (cause.when, cause.of, cause.moves))
    return set(_PLACE.findall(sql)) <= set(_PLACE.findall(pattern)) | set(_WORDS)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the journals of one kind, by the pattern of their key.

    One of the posting's own causes must be there; those of pieces may be.
    """

    kind: str
    ways: tuple[tuple[str, tuple[Cause, ...], tuple[Cause, ...]], ...]


def body(asked: list[Asked], free: set[str]) -> str:
    """The body of `ledger_expected`: a search for the kind, then its rows as {path: amount}.

    free   kinds whose journals move nothing that is asked for

    null: there is nothing to ask; false: there is no such row.
    """
    branches = {each.kind: _branch(each) for each in asked}
    branches |= dict.fromkeys(sorted(free - set(branches)), "return null;")
    names = sorted(branches)
    return f"""
declare
  wanted jsonb;
  kind text collate "C" := of_kind;
  part text[] := string_to_array(of_key, ':');
begin
{_search(names, branches)}
  return 'false';
end """


def _search(names: list[str], branches: dict[str, str]) -> str:
    """Half of the names, half of the half …: PL/pgSQL takes time for each comparison."""
    if len(names) <= 2:
        return "".join(f"  if kind = '{name}' then {branches[name]} end if;\n" for name in names)
    middle = len(names) // 2
    return (
        f"  if kind < '{names[middle]}' then\n{_search(names[:middle], branches)}"
        f"  else\n{_search(names[middle:], branches)}  end if;\n"
    )


def _branch(asked: Asked) -> str:
    return "\n".join(_way(*way) for way in asked.ways)


def _way(pattern: str, own: tuple[Cause, ...], pieces: tuple[Cause, ...]) -> str:
    test, parts = _parts_of(pattern)
    rows = "\n      union all ".join(
        [_rows(each, parts, "true") for each in own]
        + [_rows(each, parts, "false" if own else "true") for each in pieces]
    )
    return f"""
    if {test} then
      select case when sum(g.n) > 0 then coalesce(jsonb_object_agg(g.path, g.amount)
               filter (where g.path is not null and g.amount is distinct from 0), '{{}}')
             else 'false' end into wanted
        from (select w.path || case when w.amount is null then '' else ' ' || w.money end as path,
                     sum(w.amount) as amount, count(*) filter (where w.own) as n from ({rows}) w group by 1) g;
      return wanted;
    end if;"""


def _rows(cause: Cause, parts: dict[str, str], own: str) -> str:
    def replaced(sql: str) -> str:
        return _PLACE.sub(lambda found: (parts | _WORDS)[found[1]], sql)

    moves = [
        f"({_path(name, owner)}, ({amount or 'null'})::bigint, {cause.currency})"
        for name, owner, amount in cause.moves
    ] or ["(null, 0, '')"]
    return replaced(
        f"select v.path, v.amount, v.money, {own} as own from {cause.of}"
        f" cross join lateral (values {', '.join(moves)}) v (path, amount, money)"
        f" where {cause.when}"
    )


def _path(name: str, owner: str) -> str:
    start = f"{BY_NAME[name].code}:{name}"
    return f"'{start}:' || {owner}" if owner else f"'{start}'"


def touches(pairs: set[tuple[str, str]]) -> bool:
    """Whether any of these lines moves an account that is asked for."""
    return any(name in ASKED for pair in pairs for name in pair)


def _parts_of(pattern: str) -> tuple[str, dict[str, str]]:
    """SQL that asks whether a key, cut at its colons, is of this pattern, and each part of it.

    The last part has whatever colons are left.
    """
    tests, parts = [], {}
    words = pattern.split(":")
    for place, word in enumerate(words, 1):
        found = _PLACE.fullmatch(word)
        if found is None:
            tests.append(f"part[{place}] = '{word}'")
        elif place == len(words):
            parts[found[1]] = f"array_to_string(part[{place}:], ':')"
        else:
            parts[found[1]] = f"part[{place}]"
    open_end = _PLACE.fullmatch(words[-1])
    tests.append(f"cardinality(part) {'>=' if open_end else '='} {len(words)}")
    return " and ".join(tests), parts
