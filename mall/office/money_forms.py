"""What an admin may say about a shop's money: rates, terms, a reserve, a write-off."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from wtforms import DateField, IntegerField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from core.forms import BaseForm, KeyField, MoneyField
from core.money import Money
from core.web import money
from mall.office.forms import CommissionForm
from mall.payouts.models import Payout

_DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}


class PercentField(StringField):
    """A share in percent from 0 to 50; `.ppm` gives millionths, None when it is empty."""

    @property
    def ppm(self) -> int | None:
        text = (self.data or "").replace("%", "").strip()
        return int(Fraction(text) * 10_000) if text else None

    def pre_validate(self, form: Any) -> None:
        text = (self.data or "").replace("%", "").strip()
        try:
            share = Fraction(text or "0") * 10_000
        except (ValueError, ZeroDivisionError):
            raise ValidationError("Write a share such as 4.5.") from None
        if share.denominator != 1 or not 0 <= share <= 500_000:
            raise ValidationError("Write a share from 0 to 50 with at most four decimals.")


class RateForm(CommissionForm):
    """The mall's share: of a category, of a shop, of both, or of all sales."""

    category = SelectField("Category", [Optional()])
    shop = StringField(
        "Shop", [Optional(), Length(max=80)], render_kw={"list": "shops", "autocomplete": "off"}
    )
    from_on = DateField("From", [Optional()])
    note = StringField("Why, for the record", [Optional(), Length(max=240)])

    def with_categories(self, categories: list[tuple[int, str]]) -> "RateForm":
        choices = [SelectChoice("", "All categories")]
        choices += [SelectChoice(str(id), name) for id, name in categories]
        self.category.choices = choices
        return self


class TermsForm(BaseForm):
    """Holdback ceiling and jurisdiction of a shop."""

    ceiling = PercentField("Holdback ceiling in percent", [Optional()], render_kw=_DECIMAL)
    jurisdiction = StringField(
        "Taxed in",
        [Optional(), Length(max=8), Regexp(r"^[A-Za-z-]*$", message="Letters such as CN.")],
        render_kw={"autocomplete": "off"},
    )


class ReserveForm(BaseForm):
    """Part of each release that is kept for some days."""

    share = PercentField("Share of each release in percent", [InputRequired("How much?")],
                           render_kw=_DECIMAL)  # fmt: skip
    days = IntegerField("Days", [Optional(), NumberRange(1, 365, "1 to 365 days.")], default=30)
    cap = MoneyField("At most in all", [Optional()])
    why = StringField("Why? The seller reads it.", [Optional(), Length(max=240)])


class TakeBackForm(BaseForm):
    """How much of a payout is taken back from the seller's account at the gateway, and why."""

    number = SelectField("Payout", [InputRequired("Choose a payout.")])
    amount = MoneyField("Amount", [InputRequired("Write an amount.")])
    why = StringField("Why", [InputRequired("Say why; the seller reads it."), Length(max=240)])
    key = KeyField()

    def over(self, payouts: Sequence[Payout]) -> "TakeBackForm":
        """Offer these payouts."""
        self.number.choices = [
            SelectChoice(p.number, f"{p.number}, {money(Money(p.amount, p.currency))}")
            for p in payouts
        ]
        return self


class WriteOffForm(BaseForm):
    """What a shop owes is given up."""

    key = KeyField()
    why = StringField(
        "Why, for the record", [InputRequired("Say why, for the record."), Length(3, 240)]
    )
