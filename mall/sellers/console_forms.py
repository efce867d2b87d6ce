"""What a seller may say about orders, returns and payouts."""

from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from core.forms import BaseForm, KeyField, MoneyField
from mall.orders.rules import Cause

GIVEN_FOR = {
    Cause.NOT_AS_DESCRIBED: "It is not as described",
    Cause.DAMAGED: "It came damaged",
    Cause.LATE: "It came too late",
    Cause.NOT_RECEIVED: "It never came",
    Cause.NO_STOCK: "Part of it is not in stock",
    Cause.GOODWILL: "Goodwill",
}


class ShipForm(BaseForm):
    """The parcel that was handed over."""

    carrier = StringField(
        "Carrier",
        [InputRequired("Who carries it?"), Length(max=40)],
        render_kw={"list": "carriers"},
    )
    tracking = StringField(
        "Tracking number",
        [InputRequired("Write the number on the label."), Length(3, 40)],
        render_kw={"autocomplete": "off"},
    )


CANCELED_FOR = {
    Cause.NO_STOCK: "It is out of stock",
    Cause.DAMAGED: "It is damaged",
    Cause.LATE: "It cannot be sent in time",
    Cause.CHANGED_MIND: "The buyer asked for it",
}


class CancelForm(BaseForm):
    """Why the seller cannot send it: goods that are not there do not go back on the shelf."""

    cause = SelectField(
        "Why?", choices=[SelectChoice(cause.value, words) for cause, words in CANCELED_FOR.items()]
    )
    note = StringField("A word to the buyer", [Length(max=120)])

    def said(self) -> tuple[Cause, str]:
        """The cause, and what the buyer reads: `It is out of stock: back in May`."""
        cause, note = Cause(self.cause.data), (self.note.data or "").strip()
        return cause, f"{CANCELED_FOR[cause]}: {note}" if note else CANCELED_FOR[cause]


class GiveRefundForm(BaseForm):
    """Money given back without a return."""

    key = KeyField()
    amount = MoneyField("Amount", [InputRequired("How much?")])
    cause = SelectField(
        "Why?", choices=[SelectChoice(cause.value, words) for cause, words in GIVEN_FOR.items()]
    )
    note = StringField("A word to the buyer", [Length(max=240)])


class RejectForm(BaseForm):
    """Why a return is refused; the buyer reads it."""

    why = TextAreaField(
        "What does the buyer read?",
        [InputRequired("The buyer must read why."), Length(3, 240)],
    )


class PayoutForm(BaseForm):
    """Part of the balance, to the bank."""

    key = KeyField()
    amount = MoneyField("Amount", [InputRequired("How much?")])
