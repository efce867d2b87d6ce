"""What a shop says of itself."""

from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from core.forms import BaseForm


class ProfileForm(BaseForm):
    """A shop's words and its picture."""

    name = StringField("Shop name", [InputRequired("What is the shop called?"), Length(2, 80)])
    tagline = StringField("In one line", [Optional(), Length(max=160)])
    about = TextAreaField("About the shop", [Optional(), Length(max=2_000)])
    city = StringField("City", [InputRequired("Where do parcels leave from?"), Length(max=80)])
    region = StringField("Region", [InputRequired("In which region?"), Length(max=80)])
    banner = FileField("Banner picture")


class ApplyForm(BaseForm):
    """An application to sell here."""

    name = StringField(
        "Shop name", [InputRequired("What shall the shop be called?"), Length(2, 80)]
    )
    tagline = StringField("In one line", [Optional(), Length(max=160)])
    city = StringField("City", [InputRequired("Where do parcels leave from?"), Length(max=80)])
    region = StringField("Region", [InputRequired("In which region?"), Length(max=80)])
    payout_account = StringField(
        "Bank account for payouts",
        [InputRequired("Where shall we pay what you earn?"), Length(4, 34)],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )


class PayoutAccountForm(BaseForm):
    """Where earnings go."""

    account = StringField(
        "New account number",
        [InputRequired("Write the new account number."), Length(4, 42)],
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )
