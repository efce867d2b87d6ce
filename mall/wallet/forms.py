"""What one says to pay into a balance and to take out of it."""

from collections.abc import Sequence

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from core.forms import BaseForm, KeyField, MoneyField
from payments.cards import Card

NEW = "new"


class TopUpForm(BaseForm):
    """How much, and by which card; another card is entered on the processor's page."""

    key = KeyField()
    amount = MoneyField("Amount", [InputRequired("How much?")])
    card = RadioField("Pay with", [InputRequired("Choose how to pay.")], default=NEW)

    def with_cards(self, saved: Sequence[Card]) -> "TopUpForm":
        """Offer the saved cards, the first chosen, and the processor's page."""
        self.tokens = {str(card.id): card.token for card in saved} | {NEW: ""}
        choices = [SelectChoice(str(card.id), card.label) for card in saved]
        choices.append(SelectChoice(NEW, "Another card: its page opens next"))
        self.card.choices = choices
        if not self.is_submitted():
            self.card.data = choices[0].value
        return self

    @property
    def source(self) -> str:
        """The token of the chosen card, "" for the processor's page."""
        return self.tokens[self.card.data]


class WithdrawForm(BaseForm):
    """How much, and to which bank account."""

    key = KeyField()
    amount = MoneyField("Amount", [InputRequired("How much?")])
    destination = StringField(
        "Your bank account",
        [InputRequired("Which account shall it go to?"), Length(8, 42)],
        render_kw={"autocomplete": "off"},
    )
