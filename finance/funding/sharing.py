"""How a loan is shared between banks and the mall: who lends what, and what each gets; pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from core.money import MILLION


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a waterfall, by the id of its row; `grades` "" takes all of them."""

    id: int
    share_ppm: int
    price_ppm: int
    grades: str = ""
    paused: bool = False


Take = Callable[[Place, int], bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the waterfall is asked for: minor units, A to E, what the borrower pays a year."""

    principal: int
    grade: str
    apr_ppm: int


def choose(places: Sequence[Place], wanted: Wanted, take: Take) -> list[tuple[int, int]]:
    """Ask the places in order; a share that one refuses is offered to the next beside its own.

    take   reserves an amount (minor units) at a place, or says no

    Gives (id of the place, share in ppm) of those that lend. What nobody takes stays with the
    mall. A bank that asks more than the borrower pays is not asked: the mall would lose on it.
    """
    chosen, refused = [], 0
    for place in places:
        share = _taken(place, refused, wanted, take) if suits(place, wanted) else 0
        if share:
            chosen.append((place.id, share))
        refused += place.share_ppm - share
    return chosen


def suits(place: Place, wanted: Wanted) -> bool:
    """Whether a loan passes the place's filters."""
    right = not place.grades or wanted.grade in place.grades
    return right and not place.paused and place.price_ppm <= wanted.apr_ppm


def _taken(place: Place, refused: int, wanted: Wanted, take: Take) -> int:
    for share in dict.fromkeys((place.share_ppm + refused, place.share_ppm)):
        amount = part(wanted.principal, share)
        if amount and take(place, amount):
            return share
    return 0


def part(amount: int, ppm: int) -> int:
    """A bank's part of an amount; what is left of a cent is the mall's."""
    return amount * ppm // MILLION


def interest_ppm(share_ppm: int, price_ppm: int, apr_ppm: int) -> int:
    """A bank's part of each cent of interest: what its money costs of what the borrower pays.

    70 % at 6 % of a loan at 8.3 %: 4.2 / 8.3 = 506,024 ppm.
    """
    return min(share_ppm * price_ppm // apr_ppm, MILLION) if apr_ppm else 0


def blended_ppm(lenders: Iterable[tuple[int, int]]) -> int:
    """What (share, price) cost together: 70/20/10 at 6/7/12 % is 6.8 %, 68,000 ppm."""
    return sum(share * price for share, price in lenders) // MILLION


@dataclass(frozen=True, slots=True)
class Standing:
    """A loan's money so far, minor units.

    principal  owed by the book now
    interest   collected and not given back; fees: late fees, the same
    lost       principal that was charged off or waived
    recovered  paid after that
    """

    principal: int
    interest: int = 0
    fees: int = 0
    lost: int = 0
    recovered: int = 0

    def share(self, share_ppm: int, interest_part_ppm: int) -> "Standing":
        """A bank's part of it all: a function of the sums, so that cents never drift."""
        return Standing(
            part(self.principal, share_ppm),
            part(self.interest, interest_part_ppm),
            part(self.fees, share_ppm),
            part(self.lost, share_ppm),
            part(self.recovered, share_ppm),
        )

    def less(self, others: Iterable["Standing"]) -> "Standing":
        """What is left for the mall."""
        taken = list(others)
        return Standing(
            *(getattr(self, name) - sum(getattr(o, name) for o in taken) for name in AMOUNTS)
        )


AMOUNTS = ("principal", "interest", "fees", "lost", "recovered")


@dataclass(frozen=True, slots=True)
class Moved:
    """What changed for a bank, minor units; below zero it is undone.

    back       principal that came back to it
    """

    back: int
    interest: int
    fees: int
    lost: int
    recovered: int

    @property
    def earned(self) -> int:
        return self.interest + self.fees

    @property
    def something(self) -> bool:
        return any((self.back, self.interest, self.fees, self.lost, self.recovered))


def moved(before: Standing, after: Standing) -> Moved:
    """What happened between two standings of one share."""
    lost = after.lost - before.lost
    return Moved(
        before.principal - after.principal - lost,
        after.interest - before.interest,
        after.fees - before.fees,
        lost,
        after.recovered - before.recovered,
    )
