"""What goes into a cart and how many."""

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from core.forms import BaseForm
from mall.cart.queries import QUANTITY_MAX

_ANY_ID = NumberRange(1, 2**63 - 1)


class AddForm(BaseForm):
    """A variant and how many of it."""

    variant_id = IntegerField("Choose one", [InputRequired("Choose one first."), _ANY_ID])
    quantity = IntegerField("Quantity", [NumberRange(1, QUANTITY_MAX)], default=1)


class ChangeForm(BaseForm):
    """How many of a variant are wanted; 0 takes it out."""

    variant_id = IntegerField("Which", [InputRequired(), _ANY_ID])
    quantity = IntegerField("Quantity", [InputRequired(), NumberRange(0, QUANTITY_MAX)])
