"""What an admin may say about orders and shops."""

from fractions import Fraction

from wtforms import SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional

from core.forms import BaseForm, KeyField, MoneyField
from mall.orders.rules import CAUSE_WORDS, GIVEN_CAUSES, Cause


class CancelForm(BaseForm):
    """Why the mall calls an order off."""

    reason = StringField("Why?", [InputRequired("Shopper and seller read why."), Length(max=160)])


class RefundForm(BaseForm):
    """Money given back by the mall's decision."""

    key = KeyField()
    amount = MoneyField("Amount", [InputRequired("How much?")])
    cause = SelectField(
        "Why?",
        choices=[SelectChoice(c.value, CAUSE_WORDS[c]) for c in GIVEN_CAUSES],
        default=Cause.GOODWILL.value,
    )
    note = StringField(
        "Reason for the record", [InputRequired("Say why, for the record."), Length(max=240)]
    )


class NoteForm(BaseForm):
    """A decision about a shop; its owner reads the note."""

    note = StringField("Note to the owner", [Optional(), Length(max=240)])


class CommissionForm(BaseForm):
    """A shop's own rate in percent; empty for the mall's."""

    percent = StringField(
        "Commission in percent",
        [Optional(), Length(max=10)],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )

    def ppm(self) -> int | None:
        """Whole millionths, or None for the mall's rate."""
        text = (self.percent.data or "").replace("%", "").strip()
        return int(Fraction(text) * 10_000) if text else None

    def validate_percent(self, field: StringField) -> None:
        text = (field.data or "").replace("%", "").strip()
        try:
            share = Fraction(text or "0") * 10_000
        except (ValueError, ZeroDivisionError):
            raise ValidationError("Write a share such as 4.5.") from None
        if share.denominator != 1 or not 0 <= share <= 500_000:
            raise ValidationError("Write a share from 0 to 50 with at most four decimals.")
