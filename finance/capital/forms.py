"""What a seller may ask of capital; every form counts once."""

from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
)
from wtforms.validators import InputRequired, NumberRange

from core.forms import BaseForm, KeyField, MoneyField


class DrawForm(BaseForm):
    """Draw on orders."""

    key = KeyField()
    amount = MoneyField("Amount", [InputRequired("Write an amount.")])


class SellForm(BaseForm):
    """Have one order paid today."""

    key = KeyField()
    order = HiddenField(validators=[InputRequired()])


class ShareForm(BaseForm):
    """Take a sales share: minor units and millionths, as the sliders have them."""

    key = KeyField()
    amount = IntegerField("Amount", [InputRequired(), NumberRange(min=1)])
    share = IntegerField("Share of sales", [InputRequired(), NumberRange(min=1)])
    hold = BooleanField("Keep it for me")


class LoanForm(BaseForm):
    """Take a term loan: minor units and months, as the sliders have them."""

    key = KeyField()
    amount = IntegerField("Amount", [InputRequired(), NumberRange(min=1)])
    months = IntegerField("Months", [InputRequired(), NumberRange(min=1)])
    hold = BooleanField("Keep it for me")


class PayForm(BaseForm):
    """Pay some of a contract from the balance."""

    key = KeyField()
    amount = MoneyField("Amount", [InputRequired("Write an amount.")])
    how = RadioField(
        "What is paid ahead",
        choices=[
            SelectChoice("shorter", "It ends sooner"),
            SelectChoice("smaller", "The parts to come shrink"),
        ],
        default="shorter",
    )
