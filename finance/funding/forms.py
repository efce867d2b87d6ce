"""What banks and admins write about funding."""

from fractions import Fraction
from typing import Any

from wtforms import EmailField, SelectMultipleField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from core.forms import BaseForm, KeyField, MoneyField
from core.money import MILLION
from finance.funding.places import GRADES

_PPM = 10_000  # in a percent
_DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}


class PriceField(StringField):
    """A price a year in percent, 0 to 100 with four decimals; `.ppm` gives millionths."""

    @property
    def ppm(self) -> int:
        return int(Fraction((self.data or "").replace("%", "").strip()) * _PPM)

    def pre_validate(self, form: Any) -> None:
        try:
            price = Fraction((self.data or "").replace("%", "").strip()) * _PPM
        except (ValueError, ZeroDivisionError):
            raise ValidationError("Write a price such as 6.5.") from None
        if price.denominator != 1 or not 0 <= price <= MILLION:
            raise ValidationError("Write a price from 0 to 100 with at most four decimals.")


def _why() -> StringField:
    return StringField(
        "Why, for the record",
        [InputRequired("Say why, for the record."), Length(3, 240, "3 to 240 letters.")],
    )


class CommitmentForm(BaseForm):
    """How much a bank commits, and what it asks where a waterfall says nothing else."""

    key = KeyField()
    committed = MoneyField("Commit in all", [InputRequired("Write an amount.")])
    price = PriceField("Ask a year, in percent", [InputRequired("How much?")], render_kw=_DECIMAL)
    why = _why()


class PlaceForm(BaseForm):
    """A bank's price, grades and limit for one product."""

    key = KeyField()
    price = PriceField("Ask a year, in percent", [InputRequired("How much?")], render_kw=_DECIMAL)
    most = MoneyField("Lend at most, of this product", [InputRequired("Write an amount.")])
    grades = SelectMultipleField(
        "Take these grades (none: all)",
        choices=[SelectChoice(grade, grade) for grade in GRADES],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    why = _why()


class ResumeForm(BaseForm):
    """A paused bank wants to lend again."""

    key = KeyField()
    why = _why()


class InviteForm(BaseForm):
    """Someone who shall sign in for a bank."""

    key = KeyField()
    name = StringField("Name", [InputRequired("Who is it?"), Length(max=80)])
    email = EmailField("E-mail", [InputRequired("Write the address."), Length(max=254)])
