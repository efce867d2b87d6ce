"""What a shopper may say about a line: open it, pay it, and how it is paid by itself."""

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional

from core.forms import BaseForm, KeyField, MoneyField
from core.money import Money
from finance.credit_line.models import FULL, LEAST
from finance.credit_line.owing import ALL, AMOUNT
from finance.loans.forms import PayForm, words_of

_SHA256 = 64


class OpenForm(BaseForm):
    """Open the line, under a ceiling of one's own if wanted; `terms` is the contract's hash."""

    key = KeyField()
    terms = HiddenField("", [InputRequired(), Length(max=_SHA256)])
    ceiling = MoneyField("The most I want to owe on it", [Optional()])


class LinePayForm(PayForm):
    """How much, and how it is paid."""

    kind = RadioField("How much?", [InputRequired("Choose how much.")])
    amount = MoneyField("Another amount", [Optional()])

    def with_kinds(self, amounts: dict[str, Money]) -> "LinePayForm":
        """Offer what there is to pay: the least, the whole statement, all, another amount."""
        words = {LEAST: "The least", FULL: "The whole statement", ALL: "All there is"}
        choices, seen = [], set()
        for kind in (FULL, LEAST, ALL):
            amount = amounts[kind]
            if amount and amount.minor not in seen:
                seen.add(amount.minor)
                choices.append(SelectChoice(kind, f"{words[kind]}: {amount.grouped()}"))
        choices.append(SelectChoice(AMOUNT, "Another amount, written below"))
        self.kind.choices = choices
        self.kind.data = self.kind.data or choices[0].value
        return self

    def typed_amount(self, currency: str) -> Money | None:
        """What was written, if that was chosen."""
        wanted = self.kind.data == AMOUNT and self.amount.data
        return self.amount.money(currency) if wanted else None


class LineAutopayForm(BaseForm):
    """What is paid on the due day by itself; the balance pays first, then the card."""

    what = RadioField(
        "Pay by itself on the due day",
        choices=[
            SelectChoice("", "Nothing: I pay each time"),
            SelectChoice(FULL, "The whole statement, so that it costs nothing"),
            SelectChoice(LEAST, "The least"),
        ],
        default="",
    )
    card = SelectField("Where the balance is too small, ask")

    def with_cards(self, saved: Sequence[Any], what: str, chosen: int | None) -> "LineAutopayForm":
        self.card.choices = [SelectChoice("", "No card: tell me")]
        self.card.choices += [SelectChoice(str(card.id), words_of(card)) for card in saved]
        if not self.is_submitted():
            self.what.data, self.card.data = what, str(chosen or "")
        return self


class CeilingForm(BaseForm):
    """A lower limit of one's own on this line."""

    ceiling = MoneyField("The most I want to owe on it", [Optional()])


class AgreeForm(BaseForm):
    """Agree to the contract of a higher limit, by its hash."""

    terms = HiddenField("", [InputRequired(), Length(max=_SHA256)])


class ConvertForm(BaseForm):
    """Turn one purchase into a plan; `terms` is the contract's hash."""

    terms = HiddenField("", [InputRequired(), Length(max=_SHA256)])
    months = HiddenField("", [InputRequired(), Length(max=3)])

    @property
    def count(self) -> int:
        """The number of payments; 0 for what is none."""
        said = str(self.months.data or "")
        return int(said) if said.isdecimal() else 0
