"""What a shop can be advanced with and without fake sales, by the lender's own limits."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from benchmarks.rings_world import AT, World
from config import Config
from core.money import MILLION, Money
from finance.capital import terms as capital
from finance.capital.order_advance import rules as orders
from finance.capital.order_advance.rules import Line
from finance.capital.sales_share import rules as shares
from finance.capital.sales_share.forecast import outlook
from finance.capital.term_loan import rules as loans
from finance.risk.fraud import crediting
from finance.risk.fraud.evidence import DAY
from finance.risk.rungs import Proof, Rung
from mall.facts.marks import Sale

CURRENCY, GRADE = "CNY", "C"
LABEL = 300  # a parcel's label, minor units; what the hired stranger gets is not even counted
_TAX_PPM = 60_000  # on the commission
_SHARE = 250_000
TERMS = capital.terms_of("CN", CURRENCY)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """In millionths of the fake sales."""

    cost: int
    label: int
    extra: dict[str, int]
    blind: dict[str, int]
    unguarded: int  # kept of S2 if every fake order could be given back
    guarded: int  # the same as far as the shop may give back alone


def by_shop(world: World) -> dict[int, list[Sale]]:
    """Honest orders by shop."""
    found: dict[int, list[Sale]] = defaultdict(list)
    for sale in world.sales:
        found[sale.seller_id].append(sale)
    return found


def a_month(sales: Sequence[Sale]) -> int:
    """What a shop sells in thirty days."""
    return max(100_000, sum(s.amount for s in sales) * 30 // 300)


def reckon(honest: Sequence[Sale], fake: Sequence[Sale], suspected: Collection[int]) -> Reckoned:
    """Advances with and without the fakes: as shipped, and blind (nothing found, growth in full)."""
    faked = sum(s.amount for s in fake)
    kept = [s for s in honest if s.order_id not in suspected]
    left = [s for s in fake if s.order_id not in suspected]
    commission = faked * Config.COMMISSION_PPM // MILLION
    label = LABEL * len(fake)
    cost = commission + commission * _TAX_PPM // MILLION + label
    before, after = offers(honest, ()), offers(kept, left)
    naive_before = offers(honest, (), growth_in_full=True)
    naive = offers(honest, fake, growth_in_full=True)

    def of(amount: int) -> int:
        return amount * MILLION // faked

    return Reckoned(
        cost=of(cost),
        label=of(label),
        extra={p: of(after[p] - before[p]) for p in before},
        blind={p: of(naive[p] - naive_before[p]) for p in before},
        unguarded=of(after["S2"] - before["S2"] - label),
        guarded=of(_given_back(honest, left, cost, label)),
    )


def _given_back(honest: Sequence[Sale], fake: Sequence[Sale], cost: int, label: int) -> int:
    """What a ring keeps that draws on everything, gives back what it may alone, and leaves.

    What falls due by orders given back is covered by what the others bring beyond their advances:
    the lender takes it from there. Of the rest the fakes arrive, and cost what a sale costs.
    """
    base = _base(honest, fake)
    own = {sale.order_id for sale in fake}
    rest = {
        c.line.line_id: (c.line.amount - c.line.amount.ppm(Config.COMMISSION_PPM) - c.raises).minor
        for c in base.counted
    }
    given, due, taken = 0, 0, 0
    for counted in (c for c in base.counted if c.line.line_id in own):
        cover = sum(rest.values()) - rest[counted.line.line_id]
        if due + counted.raises.minor > cover:
            break
        due += counted.raises.minor
        rest.pop(counted.line.line_id)
        given += counted.line.amount.minor
        taken += counted.raises.minor  # from honest sales of the shop, which the ring leaves behind
    sold = sum(sale.amount for sale in fake)
    arrived = (cost - label) * (sold - given) // sold if sold else 0
    return due - taken - arrived - label


def offers(
    honest: Sequence[Sale], fake: Sequence[Sale], *, growth_in_full: bool = False
) -> dict[str, int]:
    """The most of S1, S2, S3 in minor units, of a shop that has repaid nothing yet.

    Fakes are open orders for S2, settled for the others. growth_in_full: without any of our rules.
    """
    found = borne(honest, fake, growth_in_full=growth_in_full)
    if not growth_in_full:
        first = Proof(Rung(), TERMS.rungs, net_of([*honest, *fake]), Config.COMMISSION_PPM, {})
        least = TERMS.sales_share.amount_min
        found = {name: min(most, first.most(least)) for name, most in found.items()}
    return {"S1": found["S1"], "S2": _order_advance(honest, fake), "S3": found["S3"]}


def borne(
    honest: Sequence[Sale], fake: Sequence[Sale], *, growth_in_full: bool = False
) -> dict[str, int]:
    """What sales bear of S1 and S3, whatever was repaid before."""
    months, weeks = _settled([*honest, *fake])
    cost = MILLION if growth_in_full else Config.COMMISSION_PPM
    return {
        "S1": crediting.most(_term_loan, months, weeks, cost),
        "S3": crediting.most(_sales_share, months, weeks, cost),
    }


def net_of(sales: Sequence[Sale]) -> int:
    """Settled sales of a year, as far as the world goes back."""
    return sum(_settled(sales)[0])


def _settled(sales: Sequence[Sale]) -> tuple[list[int], list[int]]:
    months, weeks = [0] * 12, [0] * 26
    for sale in sales:
        if sale.received_at is None:
            continue
        days = (AT - sale.received_at) // DAY
        if days // 30 < 12:
            months[days // 30] += sale.amount
        if days // 7 < 26:
            weeks[days // 7] += sale.amount
    return months, weeks


def _money(values: Sequence[int]) -> tuple[Money, ...]:
    oldest = max((i + 1 for i, value in enumerate(values) if value > 0), default=0)
    return tuple(Money(value, CURRENCY) for value in values[: max(3, oldest)])


def _term_loan(months: Sequence[int], weeks: Sequence[int]) -> int:
    net = Money(sum(months), CURRENCY)
    return loans.most(net, _money(months), TERMS.term_loan).minor


def _sales_share(months: Sequence[int], weeks: Sequence[int]) -> int:
    net, seen = Money(sum(months), CURRENCY), _money(months)
    return shares.most(net, seen, outlook(weeks, months), _SHARE, TERMS.sales_share).minor


def _order_advance(honest: Sequence[Sale], fake: Sequence[Sale]) -> int:
    return _base(honest, fake).capacity.minor


def _base(honest: Sequence[Sale], fake: Sequence[Sale]) -> orders.Base:
    under_way = [s for s in honest if s.scanned_at and s.received_at is None]
    lines = [_line(sale) for sale in [*under_way, *fake]]
    return orders.base(lines, GRADE, {}, TERMS.order_advance, CURRENCY)


def _line(sale: Sale) -> Line:
    amount = Money(sale.amount, CURRENCY)
    return Line(
        line_id=sale.order_id,
        order_number=sale.number,
        buyer_id=sale.buyer_id,
        category_id=sale.category,
        amount=amount,
        reaches=amount - amount.ppm(Config.COMMISSION_PPM),
        age_days=3,
        scanned=True,
        disputed=False,
        linked=False,
        pledged=False,
    )
