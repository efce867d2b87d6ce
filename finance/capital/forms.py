"""What a seller may ask of capital; every form counts once."""

from wtforms import (  # type: ignore[attr-defined]
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from core.forms import BaseForm, KeyField, MoneyField


class DrawForm(BaseForm):
    """Draw on orders."""

    key = KeyField()
    terms = HiddenField()  # the hash of the contract on the page, in this form and the next three
    amount = MoneyField("Amount", [InputRequired("Write an amount.")])


class SellForm(BaseForm):
    """Have one order paid today."""

    key = KeyField()
    terms = HiddenField()
    order = HiddenField(validators=[InputRequired()])


class ShareForm(BaseForm):
    """Take a sales share: minor units and millionths, as the sliders have them."""

    key = KeyField()
    terms = HiddenField()
    amount = IntegerField("Amount", [InputRequired(), NumberRange(min=1)])
    share = IntegerField("Share of sales", [InputRequired(), NumberRange(min=1)])
    hold = BooleanField("Keep it for me")


class LoanForm(BaseForm):
    """Take a term loan: minor units and months, as the sliders have them."""

    key = KeyField()
    terms = HiddenField()
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


class HardshipForm(BaseForm):
    """Ask for air on a contract."""

    key = KeyField()
    choice = HiddenField(validators=[InputRequired()])
    why = StringField("What happened", [InputRequired("Say in a few words."), Length(3, 400)])


class ProposeForm(BaseForm):
    """Propose to give money up."""

    key = KeyField()
    kind = RadioField(
        "What",
        [InputRequired("Choose one.")],
        choices=[
            SelectChoice("waive", "Waive an amount"),
            SelectChoice("charge_off", "Charge all of it off"),
        ],
    )
    amount = MoneyField("Amount, if waived")
    why = StringField("Why", [InputRequired("Say why, for the record."), Length(3, 240)])


class DecideForm(BaseForm):
    """Answer a request, with words for the seller."""

    key = KeyField()
    answer = StringField("Words for the seller", [Length(max=240)])


class ReverseForm(BaseForm):
    """Undo a payment that should not have been taken."""

    key = KeyField()
    event = IntegerField("Event", [InputRequired()])
    why = StringField("Why", [InputRequired("Say why."), Length(3, 160)])


class LinkForm(BaseForm):
    """Where short parts of a term loan may be taken from, beside the balance."""

    key = KeyField()
    wallet = BooleanField("My wallet")
    card = IntegerField("A saved card", [Optional()])
