"""Comparing a gateway's list with our book, movement by movement: every difference has a name; pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

LAG = timedelta(days=1)  # what is younger than this may still be on its way
# explained by itself, or a matter for a person; the sentence says what is so
KINDS: dict[str, tuple[bool, str]] = {
    "not_here_yet": (True, "The gateway has it, our operation still waits for its answer."),
    "not_there_yet": (True, "Our book has it, the gateway's list may be a day late."),
    "other_window": (True, "Both have it, one of them outside the days compared."),
    "came_back": (True, "It left the gateway and came back: our book waited for it to arrive."),
    "fee_not_known_yet": (True, "The gateway has told its fee to nobody yet."),
    "other_currency": (True, "The gateway settles it in another currency than ours."),
    "missing_here": (False, "The gateway moved money that our book does not have."),
    "missing_there": (False, "Our book moved money that the gateway does not have."),
    "amount_differs": (False, "Both have it, with other amounts."),
    "fee_differs": (False, "Both have it, with other fees."),
    "duplicate": (False, "The gateway has it more than once."),
    "unknown_object": (False, "The gateway has something that is not ours."),
    # of the bank's side
    "paid_twice": (True, "The same payer sent the same amount again: the second is theirs."),
    "waits_in_suspense": (True, "It is in suspense, and a case asks a person about it."),
    "on_its_way": (True, "It left the gateway and is not on a statement yet."),
    "late_on_its_way": (False, "It left the gateway long ago and is on no statement."),
    "gap": (False, "A statement between this one and the last is missing."),
    "balance_differs": (False, "The statement ends with another balance than our book."),
}
FAMILIES: dict[str, str] = {
    "payment": "charge",
    "payment_refund": "refund",
    "transfer_refund": "transfer_reversal",
    "transfer_cancel": "transfer_failure",
    "payout_cancel": "payout_failure",
}


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement of the balance, as one side has it; amounts in minor units, signed for us.

    subject   whose it is: `op:123`, `dispute:dp_1` or, when nobody knows it, `object:xyz`
    family    charge, refund, transfer … ; what comes back has `_failure` behind it
    name      the side's own name for it: a line's id, a journal's key
    inside    whether it lies in the days compared
    """

    subject: str
    family: str
    amount: int
    fee: int
    currency: str
    name: str
    at: datetime
    inside: bool

    @property
    def net(self) -> int:
        return self.amount - self.fee


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of a subject: its reference, the state of its operation, whether its fee is told."""

    ref: str
    final: bool
    fee_told: bool = True


@dataclass(frozen=True, slots=True)
class Difference:
    """`effect` is theirs less ours, of what lies in the days compared."""

    kind: str
    subject: str
    family: str
    ref: str
    currency: str
    theirs: Movement | None
    ours: Movement | None
    effect: int

    @property
    def explained(self) -> bool:
        return KINDS[self.kind][0]

    @property
    def key(self) -> str:
        """The same difference in every run."""
        more = f":{self.theirs.name}" if self.kind == "duplicate" and self.theirs else ""
        return f"{self.subject}:{self.family}:{self.kind}{more}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a comparison gave: pairs that match, and everything else by name."""

    matched: int
    seen: frozenset[tuple[str, str]]
    differences: tuple[Difference, ...]


def compare(
    theirs: Iterable[Movement],
    ours: Iterable[Movement],
    known: Mapping[str, Known],
    now: datetime,
) -> Outcome:
    """Match one to one by subject and family; what lies outside the days on both sides is left."""
    left: dict[tuple[str, str], list[Movement]] = {}
    right = {(move.subject, move.family): move for move in ours}
    for move in theirs:
        left.setdefault((move.subject, move.family), []).append(move)
    matched, differences, seen = 0, list[Difference](), set[tuple[str, str]]()
    for key in dict.fromkeys([*left, *right]):
        told, book = left.get(key, []), right.get(key)
        if not any(move.inside for move in [*told, *([book] if book else [])]):
            continue
        seen.add(key)
        found = list(_differences(told, book, left, right, known, now))
        matched += all(one.kind == "duplicate" for one in found)
        differences += found
    return Outcome(matched, frozenset(seen), tuple(differences))


def _differences(
    told: list[Movement],
    book: Movement | None,
    left: Mapping[tuple[str, str], list[Movement]],
    right: Mapping[tuple[str, str], Movement],
    known: Mapping[str, Known],
    now: datetime,
) -> Iterator[Difference]:
    first = _fitting(told, book)
    kind = _kind(first, book, left, right, known, now)
    if kind == "other_currency":  # two sums, each in its own currency
        yield _difference(kind, first, None, known)
        yield _difference(kind, None, book, known)
    elif kind:
        yield _difference(kind, first, book, known)
    for more in told:
        if more is not first and more.inside:
            yield _difference("duplicate", more, None, known)


def _fitting(told: list[Movement], book: Movement | None) -> Movement | None:
    """Of several, the one that our book has."""
    same = [m for m in told if book and (m.amount, m.fee) == (book.amount, book.fee)]
    return next(iter(same or told), None)


def _kind(
    told: Movement | None,
    book: Movement | None,
    left: Mapping[tuple[str, str], list[Movement]],
    right: Mapping[tuple[str, str], Movement],
    known: Mapping[str, Known],
    now: datetime,
) -> str:
    """The name of what is different between two movements of one thing; "" for nothing."""
    if told is not None and book is not None:
        return _both(told, book, known, now)
    if told is None:
        assert book is not None, "one side has it"
        return "not_there_yet" if book.at > now - LAG else "missing_there"
    about = known.get(told.subject)
    if about is None:
        return "unknown_object"
    if _came_back(told, left, right):
        return "came_back"
    young = told.at > now - LAG
    return "not_here_yet" if not about.final and young else "missing_here"


def _both(told: Movement, book: Movement, known: Mapping[str, Known], now: datetime) -> str:
    if told.currency != book.currency:
        return "other_currency"
    if told.amount != book.amount:
        return "amount_differs"
    if told.fee != book.fee:
        about = known.get(told.subject)
        waits = about is not None and not about.fee_told and told.at > now - LAG
        return "fee_not_known_yet" if waits else "fee_differs"
    return "" if told.inside == book.inside else "other_window"


def _came_back(
    told: Movement,
    left: Mapping[tuple[str, str], list[Movement]],
    right: Mapping[tuple[str, str], Movement],
) -> bool:
    """It and what undoes it are both there, and neither is here."""
    plain = told.family.removesuffix("_failure")
    both = [(told.subject, plain), (told.subject, f"{plain}_failure")]
    if any(key in right for key in both) or not all(key in left for key in both):
        return False
    return sum(move.net for key in both for move in left[key]) == 0


def _difference(
    kind: str, told: Movement | None, book: Movement | None, known: Mapping[str, Known]
) -> Difference:
    of = told or book
    assert of is not None, "one side has it"
    effect = (told.net if told and told.inside else 0) - (book.net if book and book.inside else 0)
    about = known.get(of.subject)
    ref = about.ref if about else of.subject
    return Difference(kind, of.subject, of.family, ref, of.currency, told, book, effect)
