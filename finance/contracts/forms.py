"""Giving and revoking a consent: one press."""

from wtforms import HiddenField
from wtforms.validators import AnyOf, Length

from core.forms import BaseForm
from finance.contracts.purposes import AUTOPAY, BANK, MARKETING, SCORING


class ConsentForm(BaseForm):
    """What is given or revoked; a second press finds it done. ref: the plan of a mandate."""

    purpose = HiddenField(validators=[AnyOf([SCORING, BANK, MARKETING, AUTOPAY])])
    receiver = HiddenField(validators=[Length(max=80)])
    ref = HiddenField(validators=[Length(max=40)])
