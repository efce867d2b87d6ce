"""What a seller may ask of capital; every form counts once."""

from wtforms import HiddenField, IntegerField
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


class EndForm(BaseForm):
    """Pay off or cancel: only a press."""
