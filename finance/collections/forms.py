"""What a shopper may ask when a payment cannot be made, and what admins give up."""

from collections.abc import Iterable

from wtforms import (  # type: ignore[attr-defined]
    IntegerField,
    RadioField,
    SelectChoice,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from core.forms import BaseForm, KeyField, MoneyField
from finance.collections import relief
from finance.collections.easing import CHOICES, names


class ReliefForm(BaseForm):
    """Ask for air on a plan."""

    key = KeyField()
    choice = RadioField(
        "What would help?",
        [InputRequired("Choose one.")],
        choices=[SelectChoice(choice) for choice in CHOICES],
    )
    days = IntegerField("By how many days, if moved", [Optional(), NumberRange(1, 60)])
    why = StringField("What happened?", [InputRequired("Say in a few words."), Length(3, 400)])

    def offer(self, possible: Iterable[str]) -> None:
        """Only what this plan can have."""
        called = names(relief.limits())
        self.choice.choices = [SelectChoice(choice, called[choice]) for choice in possible]


class AnswerForm(BaseForm):
    """Answer a request, with words for the shopper."""

    key = KeyField()
    answer = StringField("Words for the shopper", [Length(max=240)])


class GiveUpForm(BaseForm):
    """Propose to give money on a plan up."""

    key = KeyField()
    number = StringField("Plan", [InputRequired("Which plan?"), Length(3, 20)])
    kind = RadioField(
        "What",
        [InputRequired("Choose one.")],
        choices=[
            SelectChoice("waive", "Waive fees that are owed"),
            SelectChoice("charge_off", "Charge the whole plan off"),
        ],
    )
    amount = MoneyField("Amount, if waived")
    why = StringField("Why", [InputRequired("Say why, for the record."), Length(3, 240)])
