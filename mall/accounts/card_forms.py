"""What a shopper writes to save a card; handed to the card processor and forgotten."""

from wtforms import StringField
from wtforms.validators import InputRequired, Length

from core.forms import BaseForm


class CardForm(BaseForm):
    """Number, month and year, security code."""

    number = StringField(
        "Card number",
        [InputRequired("Write the card's number."), Length(max=24)],
        render_kw={"autocomplete": "cc-number", "inputmode": "numeric"},
    )
    expiry = StringField(
        "Expires (MM/YY)",
        [InputRequired("Write month and year."), Length(max=7)],
        render_kw={"autocomplete": "cc-exp", "placeholder": "12/30"},
    )
    cvc = StringField(
        "Security code",
        [InputRequired("Write the code on the card."), Length(max=4)],
        render_kw={"autocomplete": "cc-csc", "inputmode": "numeric"},
    )
