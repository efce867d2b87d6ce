"""What a shopper may say about an order."""

from typing import Any

from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from core.forms import BaseForm, KeyField
from mall.orders.rules import CAUSE_WORDS, SHOPPER_CAUSES


class CancelForm(BaseForm):
    """Why the order is called off."""

    reason = StringField(
        "Why do you cancel?",
        [InputRequired("Say in a few words why."), Length(max=160)],
        default="I no longer need it",
    )


class ReturnForm(BaseForm):
    """What comes back and why; `for_lines` adds one quantity field a line."""

    key = KeyField()
    cause = SelectField(
        "What is the matter?",
        choices=[SelectChoice(c.value, CAUSE_WORDS[c]) for c in SHOPPER_CAUSES],
    )
    note = TextAreaField("What should the seller know?", [Length(max=500)])

    @classmethod
    def for_lines(cls, lines: list[Any]) -> "ReturnForm":
        """A form with a field `take_ID` for each line, from 0 to the units still kept."""
        fields = {f"take_{line.id}": _quantity(line) for line in lines}
        return type("ReturnFormOfOrder", (cls,), fields)()

    def wanted(self) -> dict[int, int]:
        """`{line_id: quantity}` without the zeros."""
        taken = {
            int(name.removeprefix("take_")): field.data or 0
            for name, field in self._fields.items()
            if name.startswith("take_")
        }
        return {line: quantity for line, quantity in taken.items() if quantity}

    def quantity_of(self, line_id: int) -> Any:
        return self._fields[f"take_{line_id}"]


def _quantity(line: Any) -> IntegerField:
    kept = line.quantity - line.returned
    return IntegerField(
        f"How many of {line.title}?",
        [Optional(), NumberRange(0, kept, f"Choose 0 to {kept}.")],
        default=0,
    )
