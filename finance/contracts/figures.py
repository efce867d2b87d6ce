"""Everything a disclosure may state of a contract, by name and in words; worked out from its flows once."""

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from itertools import groupby

from core.money import MILLION, round_fraction
from finance.contracts.contract import BUYER, Clause, Contract, Flow
from finance.contracts.words import Words
from finance.lending.calendar import add_months

_DAYS_OF_GROUP = 2


class Figures:
    """`of(name)` is the figure in words, "" where the contract has none of that name."""

    def __init__(self, contract: Contract, words: Words) -> None:
        self.contract, self.words = contract, words

    def of(self, name: str) -> str:
        """A figure, or for `clauses:late` the sentences on that topic, or for `say:KEY` a sentence."""
        kind, _, rest = name.partition(":")
        if kind == "say":
            return self.words.say(rest)
        if kind == "clauses":
            return " ".join(self.sentences(rest.split("+")))
        return _FIGURES[name](self.contract, self.words)

    def sentences(self, topics: Sequence[str]) -> list[str]:
        return [
            self.clause(clause) for topic in topics for clause in self.contract.clauses_on(topic)
        ]

    def clause(self, clause: Clause) -> str:
        return self.words.say(clause.key, **dict(clause.values))


def groups(flows: Sequence[Flow]) -> list[list[Flow]]:
    """Payments of the same amount in a row together, in order."""
    return [list(found) for _, found in groupby(flows, key=lambda flow: flow.amount)]


def rhythm(start: date, flows: Sequence[Flow], words: Words) -> str:
    """`every month from 26 Dec 2026`, or `on` the one day."""
    first = words.day(flows[0].on)
    if len(flows) < _DAYS_OF_GROUP:
        return words.say("once_on", first=first)
    days = (flows[1].on - flows[0].on).days
    if _is_monthly(start, flows):
        every = words.say("every.month")
    else:
        every = words.say("every.day") if days == 1 else words.say("every.days", count=days)
    return words.say("from_day", every=every, first=first)


def _is_monthly(start: date, flows: Sequence[Flow]) -> bool:
    return all(_months(start, flow.on) for flow in flows)


def _months(start: date, day: date) -> int:
    """Whole months between two days, 0 when they are not whole."""
    months = (day.year - start.year) * 12 + day.month - start.month
    return months if add_months(start, months) == day else 0


def months_or_days(contract: Contract) -> tuple[str, int]:
    """How long the contract runs, in whole months if it does."""
    last = max(flow.on for flow in contract.flows)
    months = _months(contract.on, last) if _is_monthly(contract.on, contract.payments) else 0
    return ("months", months) if months else ("days", (last - contract.on).days)


def _summary(c: Contract, w: Words) -> str:
    parts = [
        w.say("times", count=len(found), amount=w.money(found[0].amount))
        for found in groups(c.payments)
    ]
    text = parts[0]
    for part in parts[1:]:
        text = w.say("and_then", first=text, next=part)
    return text


def _duration(c: Contract, w: Words) -> str:
    unit, count = months_or_days(c)
    return w.say(f"duration.{unit}", count=count)


def _price(c: Contract, w: Words) -> str:
    if c.monthly_ppm and c.cost:
        return w.say("price.monthly", rate=c.monthly_ppm)
    if c.yearly_ppm and c.cost:
        return w.say("price.yearly", rate=c.yearly_ppm)
    if c.daily_ppm:
        return w.say("price.daily", rate=c.daily_ppm)
    if not c.cost:
        return w.say("price.free")
    return w.say("price.rows" if c.rows else "price.fixed", fee=c.cost)


def blended_ppm(contract: Contract) -> int:
    """What the lenders ask together: each one's price by its share. 70/20/10 at 6/7/12 %: 6.8 %."""
    whole = sum(lender.share_ppm * lender.price_ppm for lender in contract.lenders)
    return round_fraction(Fraction(whole, MILLION))


def start_fees(contract: Contract) -> int:
    """Fees of the borrower that are kept back when the money is paid out."""
    mine = [f.amount for f in contract.fees if f.when == "start" and f.paid_by == "borrower"]
    return sum(mine)


def _shares(c: Contract, w: Words) -> str:
    return w.list(w.say("shares", name=one.name, share=one.share_ppm) for one in c.lenders)


def _goods(c: Contract, w: Words) -> str:
    return w.list(w.say("goods.one", shop=p.seller, amount=p.amount) for p in c.purchases)


def _subsidy(c: Contract, w: Words) -> str:
    borne = sum(fee.amount for fee in c.fees if fee.paid_by != "borrower")
    return w.money(borne) if borne else ""


def _estimated(c: Contract, w: Words) -> str:
    return w.say(c.estimate.key, **dict(c.estimate.values)) if c.estimate else ""


def _a_day(c: Contract, w: Words) -> str:
    return w.money(c.payments[0].amount) if c.share_ppm else ""


def _bought(c: Contract) -> int:
    return c.principal + c.down_payment if c.side == BUYER and c.purchases else 0


_FIGURES: dict[str, Callable[[Contract, Words], str]] = {
    "lender": lambda c, w: w.list(one.name for one in c.lenders),
    "shares": _shares,
    "co_lenders": lambda c, w: _shares(c, w) if len(c.lenders) > 1 else "",
    "blended": lambda c, w: w.percent(blended_ppm(c)) if blended_ppm(c) else "",
    "borrower": lambda c, w: c.borrower.name,
    "product": lambda c, w: w.say(f"product.{c.product}"),
    "type": lambda c, w: w.say(f"type.{c.product}"),
    "goods": _goods,
    "regime": lambda c, w: w.say(f"regime.{c.regime}"),
    "help": lambda c, w: w.say(f"help.{c.regime}"),
    "on": lambda c, w: w.day(c.on),
    "principal": lambda c, w: w.money(c.principal),
    "advanced": lambda c, w: w.money(c.advanced),
    "cost": lambda c, w: w.money(c.cost),
    "paid_back": lambda c, w: w.money(c.paid_back),
    "down_payment": lambda c, w: w.money(c.down_payment) if c.down_payment else "",
    "cash_price": lambda c, w: w.money(_bought(c)) if _bought(c) else "",
    "sale_price": lambda c, w: w.money(c.paid_back + c.down_payment) if _bought(c) else "",
    "to_others": lambda c, w: w.money(c.advanced) if c.side == BUYER else "",
    "to_borrower": lambda c, w: w.money(c.advanced) if c.side != BUYER else "",
    "start_fees": lambda c, w: w.money(start_fees(c)) if start_fees(c) else "",
    "start_fees_or_none": lambda c, w: w.money(start_fees(c)) if start_fees(c) else w.say("none"),
    "interest": lambda c, w: w.money(c.cost - start_fees(c)),
    "subsidy": _subsidy,
    "price": _price,
    "rate_type": lambda c, w: w.say("rate_type.fixed"),
    "payments": _summary,
    "count": lambda c, w: str(len(c.payments)),
    "first_due": lambda c, w: w.day(c.payments[0].on),
    "last_due": lambda c, w: w.day(c.payments[-1].on),
    "rhythm": lambda c, w: rhythm(c.on, c.payments, w),
    "duration": _duration,
    "share": lambda c, w: w.percent(c.share_ppm) if c.share_ppm else "",
    "a_day": _a_day,
    "actuarial": lambda c, w: w.percent(c.rates.actuarial),
    "effective": lambda c, w: w.percent(c.rates.effective),
    "monthly": lambda c, w: w.percent(c.rates.monthly),
    "estimate": _estimated,
    "drawdown": lambda c, w: w.say(f"eu.drawdown.{c.side}"),
}
