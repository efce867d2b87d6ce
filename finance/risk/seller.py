"""Decide on what a seller asks for, from the mall's facts and the lender's book."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import current_app

from core import clock
from core.money import MILLION, Money
from finance.capital import queries, record
from finance.capital import terms as capital
from finance.capital.sales_share.forecast import Outlook, outlook
from finance.capital.terms import Terms
from finance.contracts import consents
from finance.pricing import current
from finance.risk import contest, gating, reviews, scorecard, seller_policy, services
from finance.risk.fraud import crediting
from finance.risk.models import Decision
from finance.risk.outcome import Outcome
from finance.risk.rungs import Proof, climb
from finance.risk.scorecard import Score
from finance.risk.seller_case import case_of
from finance.risk.seller_features import known, months_seen
from finance.risk.services import Question
from finance.risk.warning import queries as warnings
from mall import facts


def terms() -> Terms:
    """Sellers' terms under the mall's regime, in its currency."""
    return current.terms(*current.place())


class Questions:
    """The facts of one shop, read once, and the questions about them.

    Raises ConsentMissing, before any fact is read, for whoever does not want to be scored.
    """

    def __init__(self, seller_id: int, as_of: datetime) -> None:
        self.began_ns = services.cpu_now()
        consents.check_scoring("seller", seller_id)
        self.seller_id, self.as_of = seller_id, as_of
        self.currency: str = current_app.config["MALL_CURRENCY"]
        self.terms = terms()
        self._drawn = contest.draw("seller", seller_id)
        self.shop = facts.seller(seller_id)
        self.features, self.sales = known(seller_id, as_of)
        self.gate = gating.gate_data("seller", seller_id, as_of)
        self._lifted = reviews.granted("seller", seller_id, as_of)
        self.book = queries.own_book(seller_id, clock.day_of(as_of), self.currency)

    @cached_property
    def outlook(self) -> Outlook:
        """What the shop will probably settle a day."""
        return outlook(self.sales.weeks, self.sales.months)

    @cached_property
    def kept_ppm(self) -> int:
        """What early warnings leave of what is not drawn, in millionths."""
        return warnings.kept_ppm(self.seller_id)

    def credited(self, limit: Callable[[Money, tuple[Money, ...], Outlook], Money]) -> Money:
        """What `limit(net_365, months, outlook)` allows, sudden growth raising it by its cost only."""

        def of(months: Sequence[int], weeks: Sequence[int]) -> int:
            seen = tuple(Money(month, self.currency) for month in months[: len(self.months)])
            cut = sum(self.sales.months) - sum(months)
            net = self.net_365 - Money(max(0, cut), self.currency)
            return limit(net, seen, outlook(weeks, months)).minor

        cost = facts.commission_ppm(self.seller_id)
        credited = crediting.most(of, self.sales.months, self.sales.weeks, cost)
        whole = Money(credited, self.currency)
        return warnings.left_of(whole, self.kept_ppm)

    @cached_property
    def rungs(self) -> Proof | None:
        """What the shop has shown it repays; None where no limit begins low."""
        if not current_app.config["CAPITAL_LADDER"]:
            return None
        rules, today = self.terms.rungs, clock.day_of(self.as_of)
        return Proof(
            climb(record.ended(self.seller_id, today, rules), rules),
            rules,
            self.sales.net_365,
            facts.commission_ppm(self.seller_id),
            record.owed(self.seller_id),
        )

    def proven(self, product: str, bears: Money) -> Money:
        """What of that is open to the shop by what it repaid before, without orders behind it."""
        if self.rungs is None:
            return bears
        least = {
            capital.SALES_SHARE: self.terms.sales_share.amount_min,
            capital.TERM_LOAN: self.terms.term_loan.amount_min,
        }[product]
        return min(bears, Money(self.rungs.free(product, least), self.currency))

    @property
    def net_365(self) -> Money:
        """Net settled sales of the year before today."""
        return Money(self.sales.net_365, self.currency)

    @property
    def net_90(self) -> Money:
        return Money(self.features["net_90"] or 0, self.currency)

    @property
    def twelve(self) -> tuple[Money, ...]:
        """Net settled sales of twelve stretches of 30 days, the last first."""
        return tuple(Money(month, self.currency) for month in self.sales.months)

    @property
    def months(self) -> tuple[Money, ...]:
        """Those of them the shop has existed in."""
        return months_seen(self.twelve)

    @cached_property
    def score(self) -> Score:
        """The score and grade, the same for every product."""
        card = scorecard.load(self.card)
        return seller_policy.score_of(self._inputs(capital.ORDER_ADVANCE, 0, 0, {}), card)

    @property
    def card(self) -> str:
        """The card that decides on this shop."""
        return self._drawn.card

    @property
    def room(self) -> Money:
        """What the grade's limit leaves over all products."""
        left = self.terms.limits[self.score.grade] - self.book.used
        return Money(max(0, left), self.currency)

    def values(self) -> dict[str, int | None]:
        """What the card reads of this seller."""
        return case_of(self._inputs(capital.ORDER_ADVANCE, 0, 0, {})).values()

    def about(
        self,
        product: str,
        amount: Money,
        supports: Money,
        *,
        ref: str = "",
        evidence: dict[str, Any] | None = None,
    ) -> Question:
        """The question about this amount; `supports` is what orders or forecast bear.

        Early warnings lower what can still be drawn on orders here, the rest in `credited`.

        evidence   what `supports` was worked out from, kept beside it
        """
        if product == capital.ORDER_ADVANCE:
            supports = warnings.left_of(supports, self.kept_ppm)
        return Question(
            subject="seller",
            subject_id=self.seller_id,
            product=product,
            asked=amount,
            inputs=self._inputs(product, amount.minor, supports.minor, evidence or {}),
            facts_at=self.as_of,
            card=self.card,
            policy=seller_policy.POLICY,
            ref=ref,
        )

    def preview(self, product: str, amount: Money, supports: Money) -> Outcome:
        """The answer without keeping it, for an offer on a page."""
        return services.answer(self.about(product, amount, supports))

    def decide(
        self,
        product: str,
        amount: Money,
        supports: Money,
        *,
        ref: str = "",
        evidence: dict[str, Any] | None = None,
    ) -> tuple[Outcome, Decision]:
        """Decide and keep it; lock the seller's exposure first."""
        question = self.about(product, amount, supports, ref=ref, evidence=evidence)
        return services.decide(question, began_ns=self.began_ns)

    def _inputs(
        self, product: str, amount: int, supports: int, evidence: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            "asked": {"product": product, "amount": amount},
            "contest": self._drawn.as_data(),
            "currency": self.currency,
            "evidence": evidence,
            "features": self.features,
            "features_day": self.sales.day,
            "gate": self.gate,
            "price_version": current.numbers(*current.place()).get(product, 0),
            "standing": self._standing(supports) | {"lifted": self._lifted.get(product, 0)},
            "rungs": self.rungs.as_data() if self.rungs else {},
            "terms": self.terms.as_data(),
        }

    def _standing(self, supports: int) -> dict[str, Any]:
        book, net = self.book, self.sales.net_28
        return {
            "supports": supports,
            "used": book.used,
            "approved": self.shop.approved,
            "hold": book.hold,
            "days_late": book.days_late,
            "days_late_max_365": book.days_late_max_365,
            "minimums_missed": book.minimums_missed,
            "load_ppm": book.taken_28 * MILLION // net if net > 0 else None,
            "asks_30": book.asks_30,
            "running_owed": book.running_owed,
            "running_repaid_ppm": book.running_repaid_ppm,
            "account_age_days": self._account_age_days(),
            "term_owed": book.term_owed,
            "term_repaid_ppm": book.term_repaid_ppm,
            "active_months_6": sum(month > 0 for month in self.sales.months[:6]),
        }

    def _account_age_days(self) -> int | None:
        """Days since the payout account changed: now, because it may have changed today."""
        changed = facts.payout_account_changed(self.seller_id)
        return (self.as_of - changed).days if changed else None
