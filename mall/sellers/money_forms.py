"""What a seller may say about money: a schedule, paying in, a word on a reserve."""

from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional

from core.forms import BaseForm, KeyField, MoneyField
from core.money import Money
from mall.payouts.models import SellerTerms
from mall.payouts.schedules import EVERY, WEEKDAYS
from payments.models import Card

_WHEN = [("daily", EVERY["daily"])]
_WHEN += [(f"weekly:{n}", f"Each {name}") for n, name in enumerate(WEEKDAYS[:5], start=1)]
_WHEN += [(f"monthly:{n}", f"Each month on day {n}") for n in (1, 5, 10, 15, 20, 25)]
_WHEN += [("monthly:31", "Each month on its last day"), ("on_demand", EVERY["on_demand"])]


class ScheduleForm(BaseForm):
    """When the balance is paid out by itself, and from how much on."""

    when = SelectField("Pay out", choices=[SelectChoice(key, words) for key, words in _WHEN])
    minimum = MoneyField("Only from this balance on", [Optional()])

    @classmethod
    def of(cls, terms: SellerTerms, currency: str) -> "ScheduleForm":
        """Filled with what is agreed."""
        day = f":{terms.payout_day}" if terms.payout_day else ""
        least = terms.payout_minimum
        text = Money(least, currency).decimal_text() if least else ""
        return cls(formdata=None, when=terms.payout_every + day, minimum=text)

    def schedule(self) -> tuple[str, int | None]:
        """(every, day) of the choice."""
        every, _, day = str(self.when.data).partition(":")
        return every, int(day) if day else None


class PayInForm(BaseForm):
    """What is owed, from a saved card."""

    key = KeyField()
    amount = MoneyField("Amount", [InputRequired("How much?")])
    card = SelectField("From", [InputRequired("Choose a card.")])

    def with_cards(self, cards: list[Card]) -> "PayInForm":
        self.card.choices = [SelectChoice(str(card.id), card.label) for card in cards]
        return self


class ExplainForm(BaseForm):
    """A word to the mall about a reserve."""

    text = TextAreaField(
        "What should we know?", [InputRequired("Write a few words."), Length(3, 400)]
    )
