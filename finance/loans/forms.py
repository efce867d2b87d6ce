"""What a shopper may say about a plan: how to pay it, and own limits."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import DateField, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from core.forms import BaseForm, KeyField, MoneyField
from core.money import Money
from finance.loans.asking import NEW, WALLET, TypedCard


class PayForm(BaseForm):
    """Pay what is due, or settle; the card's digits only with a new card."""

    key = KeyField()
    seen = HiddenField("", [Length(max=60)])
    way = RadioField("Pay with", [InputRequired("Choose how to pay.")])
    card_number = StringField("Card number", [Optional(), Length(max=24)])
    card_expiry = StringField("Expires (MM/YY)", [Optional(), Length(max=7)])
    card_cvc = StringField("Security code", [Optional(), Length(max=4)])

    def with_ways(
        self, saved: Sequence[Any], wallet: Money, amount: Money, typed_here: bool
    ) -> "PayForm":
        """Offer the saved cards, the balance when it is enough, and another card."""
        self.typed_here = typed_here
        choices = [SelectChoice(f"card:{card.id}", words_of(card)) for card in saved]
        if wallet >= amount:
            words = f"Your balance with us ({wallet.grouped()})"
            choices.append(SelectChoice(WALLET, words))
        choices.append(SelectChoice(NEW, "Another card"))
        self.way.choices = choices
        if not self.way.data:
            self.way.data = choices[0].value
        return self

    def is_whole(self) -> bool:
        """Whether a new card's fields are filled in; marks what is missing."""
        if self.way.data != NEW or not self.typed_here:
            return True
        missing = [
            field
            for field in (self.card_number, self.card_expiry, self.card_cvc)
            if not (field.data or "").strip()
        ]
        for field in missing:
            field.errors = ["Please fill this in."]
        return not missing

    def typed(self) -> TypedCard | None:
        if self.way.data != NEW or not self.typed_here:
            return None
        return TypedCard(
            self.card_number.data or "", self.card_expiry.data or "", self.card_cvc.data or ""
        )


class ExtraForm(PayForm):
    """Pay more than is due, and say what becomes of the plan."""

    amount = MoneyField("How much", [InputRequired("Say how much.")])
    extra = RadioField(
        "What shall become of the plan?",
        [InputRequired("Choose one.")],
        choices=[
            SelectChoice("shorter", "Shorter: the last payments fall away"),
            SelectChoice("smaller", "Smaller: every payment to come shrinks"),
        ],
        default="shorter",
    )


class AutopayForm(BaseForm):
    """Which card pays each row on its day; none: the shopper does."""

    card = SelectField("Pay each row on its day with")

    def with_cards(self, saved: Sequence[Any], chosen: int | None) -> "AutopayForm":
        self.card.choices = [SelectChoice("", "Not by itself: I pay each time")]
        self.card.choices += [SelectChoice(str(card.id), words_of(card)) for card in saved]
        if not self.is_submitted():
            self.card.data = str(chosen or "")
        return self


class OwnLimitsForm(BaseForm):
    """A lower limit of one's own, and a pause."""

    ceiling = MoneyField("The most I want to owe", [Optional()])
    pause_days = IntegerField("No new credit for so many days", [Optional(), NumberRange(0, 365)])


class BornForm(BaseForm):
    """The day a person was born, asked once."""

    born_on = DateField("When were you born?", [InputRequired("Write the day you were born.")])

    @property
    def day(self) -> date:
        """The day of a form that is valid."""
        assert self.born_on.data is not None
        return self.born_on.data


def words_of(card: Any) -> str:
    """`Visa ending in 4242`."""
    return f"{str(card.brand).title()} ending in {card.last4}"
