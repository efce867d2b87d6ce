"""What may be written into the book: every function of a `bookkeeping.py` declares its lines.

A posting makes a whole journal, a piece makes transfers that go into somebody's journal. What the
function returns is held to what it declares, and `docs/ledger.md` lists them all.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from ledger.accounts import BY_NAME
from ledger.causes import Asked, Cause, Causes, as_tuple, fits, touches
from ledger.entries import BadJournal, Journal, Transfer

P = ParamSpec("P")
J = TypeVar("J", bound=Journal | None)
T = tuple[Transfer, ...]
Pair = tuple[str, str]


class UndeclaredPosting(BadJournal):
    """A bookkeeping function made something else than it declares."""


@dataclass(frozen=True, slots=True)
class Posting:
    """A declaration.

    name       the function, `mall.orders.bookkeeping.refunded`
    kind       of the journal it makes; empty for a piece
    lines      as written, "escrow > refund_payable"; several names on a side are a choice
    key        pattern of the journal's key, `refund:{number}`
    into       kinds of the journals a piece goes into
    says       what happens, in a sentence
    settles    kind of the hold that it settles, of `settlement`s only
    """

    name: str
    kind: str
    lines: tuple[str, ...]
    key: str
    into: tuple[str, ...]
    says: str
    settles: str = ""


TESTS = "test"  # kinds that begin so have no cause; no mall's own book lets them in
_BEGIN, _END = (
    "<!-- postings: flask ledger postings --write docs/ledger.md -->",
    "<!-- /postings -->",
)
_declared: dict[str, Posting] = {}
_own: dict[str, set[Pair]] = {}  # kind of journal: the lines its postings declare
_pieces: dict[str, set[Pair]] = {}  # kind of journal: the lines that pieces bring into it
# kind of journal: what must stand behind it, by the pattern of its key; the same of its undoing
_causes: dict[str, dict[str, tuple[Cause, ...]]] = {}
_undoing: dict[str, dict[str, tuple[Cause, ...]]] = {}
_of_pieces: dict[str, tuple[Cause, ...]] = {}


def posting(
    kind: str, *lines: str, key: str, cause: Causes | None = None, undone: Causes | None = None
) -> Callable[[Callable[P, J]], Callable[P, J]]:
    """Declare a function that makes a journal (or None, when nothing moves).

    kind    of the journal, `order.refunded`
    lines   "escrow > refund_payable" by kinds of account; "clearing, wallet > loan_fee" is a choice
    key     the key's pattern, `refund:{number}`; each {part} stands for something
    cause   the row that must stand behind it; without one it moves only what is added up elsewhere
    undone  the row behind a reversal or void of it; without one it has none

    Raises UndeclaredPosting when the function makes anything else; pieces may be in it.
    """

    def declare(make: Callable[P, J]) -> Callable[P, J]:
        _declare(make, kind, lines, key, ())
        _stand_behind(kind, key, cause, undone)
        pairs, pattern = _pairs(lines), _pattern(key)
        _own.setdefault(kind, set()).update(pairs)

        @wraps(make)
        def run(*args: P.args, **kwargs: P.kwargs) -> J:
            made = make(*args, **kwargs)
            if made is not None:
                _hold_to(made, kind, pattern, pairs | _pieces.get(kind, set()), _name(make))
            return made

        return run

    return declare


def piece(
    *lines: str, into: str | tuple[str, ...], cause: Causes | None = None
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Declare a function that makes transfers for journals of the kinds `into`; () moves nothing.

    cause   rows that may stand behind them, beside those of the journal; with the parts of its key
    """
    kinds = (into,) if isinstance(into, str) else into

    def declare(make: Callable[P, T]) -> Callable[P, T]:
        _declare(make, "", lines, "", kinds)
        pairs = _pairs(lines)
        for kind in kinds:
            _pieces.setdefault(kind, set()).update(pairs)
            stands_behind(kind, as_tuple(cause))

        @wraps(make)
        def run(*args: P.args, **kwargs: P.kwargs) -> T:
            made = make(*args, **kwargs)
            _check_lines(made, pairs, _name(make))
            return made

        return run

    return declare


def settlement(
    kind: str,
    *,
    settles: str,
    key: str,
    says: str,
    cause: Causes | None = None,
    undone: Causes | None = None,
) -> str:
    """Declare the journal that settles a hold of kind `settles`; gives `kind` back."""
    _stand_behind(kind, key, cause, undone)
    _declared[kind] = Posting(kind, kind, (), key, (), says, settles)
    return kind


def declared() -> list[Posting]:
    """Every declaration of the rooms imported so far: journals by kind, then pieces by name."""
    return sorted(_declared.values(), key=lambda each: (not each.kind, each.kind, each.name))


def kinds() -> set[str]:
    """Every kind of journal that something declared says may be written."""
    return {each.kind for each in _declared.values() if each.kind} | set(_own) | set(_pieces)


def lines_of(kind: str) -> set[Pair]:
    """Every line, (debited, credited) by kind of account, that journals of `kind` may have."""
    hold = next((each.settles for each in _declared.values() if each.kind == kind), "")
    return _own.get(kind, set()) | _pieces.get(kind, set()) | (lines_of(hold) if hold else set())


def asked() -> tuple[list[Asked], set[str]]:
    """What must stand behind the journals of each kind; and the kinds of which nothing is asked.

    The undoing of a kind, by reversal or void, is called `KIND undone` here.
    """
    found, free = [], set()
    for kind in (each for each in kinds() if not each.startswith(TESTS)):
        ways = _causes.get(kind, {})
        if any(ways.values()) or _of_pieces.get(kind):
            more = tuple(
                (key, _in_order(own), _pieces_of(kind, key)) for key, own in sorted(ways.items())
            )
            found.append(Asked(kind, more))
        if any(_undoing.get(kind, {}).values()):
            undoing = tuple(
                (key, _in_order(own), ()) for key, own in sorted(_undoing[kind].items())
            )
            found.append(Asked(f"{kind} undone", undoing))
        if not touches(lines_of(kind)):
            free |= {kind, f"{kind} undone"}
    return sorted(found, key=lambda each: each.kind), free


def _in_order(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Whichever room was imported first, the same text."""
    return tuple(sorted(causes, key=repr))


def _pieces_of(kind: str, key: str) -> tuple[Cause, ...]:
    more = _in_order(_of_pieces.get(kind, ()))
    return tuple(each for each in more if fits(each, key))


def stands_behind(kind: str, cause: Causes) -> None:
    """Declare one more row that may stand behind journals of a kind that another room makes."""
    _of_pieces[kind] = _of_pieces.get(kind, ()) + as_tuple(cause)


def _stand_behind(kind: str, key: str, cause: Causes | None, undone: Causes | None) -> None:
    for of, causes in ((_causes, cause), (_undoing, undone)):
        for each in as_tuple(causes):
            if not fits(each, key):
                raise TypeError(f"{kind}: the key {key} has not every part its cause asks for")
        by_key = of.setdefault(kind, {})
        by_key[key] = by_key.get(key, ()) + as_tuple(causes)


def _name(make: Callable[..., object]) -> str:
    return f"{make.__module__}.{make.__qualname__}"


def _declare(
    make: Callable[..., object], kind: str, lines: tuple[str, ...], key: str, into: tuple[str, ...]
) -> None:
    name, says = _name(make), (make.__doc__ or "").strip().split("\n\n")[0]
    if not says:
        raise TypeError(f"{name} needs a sentence that says what happens")
    _declared[name] = Posting(name, kind, lines, key, into, " ".join(says.split()))


def _pairs(lines: tuple[str, ...]) -> set[Pair]:
    """Every (debited, credited) pair of kinds of account; raises TypeError for an unknown name."""
    pairs = set()
    for line in lines:
        debits, _, credits = line.partition(" > ")
        sides = [[name.strip() for name in side.split(",")] for side in (debits, credits)]
        unknown = [name for side in sides for name in side if name not in BY_NAME]
        if unknown:
            raise TypeError(f"{line!r}: no such account in the chart: {', '.join(unknown)}")
        pairs |= {(debit, credit) for debit in sides[0] for credit in sides[1]}
    return pairs


def _pattern(key: str) -> re.Pattern[str]:
    parts = re.split(r"\{\w+\}", key)
    return re.compile(".+".join(re.escape(part) for part in parts), re.DOTALL)


def _hold_to(
    made: Journal, kind: str, pattern: re.Pattern[str], pairs: set[Pair], name: str
) -> None:
    if made.kind != kind:
        raise UndeclaredPosting(f"{name} declares {kind}, not {made.kind}")
    if not pattern.fullmatch(made.key):
        raise UndeclaredPosting(f"{name} does not declare the key {made.key}")
    _check_lines(made.transfers, pairs, name)


def _check_lines(transfers: T, pairs: set[Pair], name: str) -> None:
    for each in transfers:
        pair = (each.debit.kind.name, each.credit.kind.name)
        if pair not in pairs:
            raise UndeclaredPosting(f"{name} does not declare {' > '.join(pair)}")


def renewed(page: str) -> str:
    """The page with its tables of postings written anew, between its two marks."""
    head, _, rest = page.partition(_BEGIN)
    _, _, tail = rest.partition(_END)
    return f"{head}{_BEGIN}\n{as_markdown()}\n{_END}{tail}"


def as_markdown() -> str:
    """The tables of `docs/ledger.md`: every journal there is, then the pieces that go into them."""
    journals = [each for each in declared() if each.kind]
    pieces = [each for each in declared() if not each.kind]
    return "\n".join(
        [
            "| kind | key | lines (debited > credited) | what happens |",
            "|---|---|---|---|",
            *(_row(each.kind, f"`{each.key}`", _told(each), each.says) for each in journals),
            "",
            "| piece | goes into | lines (debited > credited) | what happens |",
            "|---|---|---|---|",
            *(_row(each.name, "<br>".join(each.into), _told(each), each.says) for each in pieces),
        ]
    )


def _told(each: Posting) -> str:
    lines = list(each.lines)
    if each.settles:
        lines = [f"those of its hold, {each.settles}"]
    if each.kind in _pieces:
        lines.append("and pieces")
    return "<br>".join(lines)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"
