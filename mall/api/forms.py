"""What one says of a new key."""

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length

from core.forms import BaseForm


class KeyForm(BaseForm):
    """What the key is for, and what it may do."""

    name = StringField("What is it for?", [InputRequired("Give the key a name."), Length(max=60)])
    scope = RadioField(
        "It may",
        choices=[
            SelectChoice("read", "Read orders and money"),
            SelectChoice("write", "Read, and also ship, give back and pay out"),
        ],
        default="read",
    )
