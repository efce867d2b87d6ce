"""What an admin says about our bank account and about cases."""

from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from core.forms import BaseForm


class StatementForm(BaseForm):
    """A statement as the bank gives it."""

    file = FileField("Statement", [FileRequired("Choose the file you had from the bank.")])


class RefuseForm(BaseForm):
    """Why an order is not paid."""

    why = StringField("Why?", [InputRequired("Say why, for the record."), Length(max=160)])


class CloseForm(BaseForm):
    """How a case ended."""

    how = StringField("How did it end?", [InputRequired("Say how it ended."), Length(max=400)])


class AssignForm(BaseForm):
    """Which payment the money is for."""

    payment = StringField("Payment", [InputRequired("Which payment is it for?"), Length(max=80)])


class PersonForm(BaseForm):
    """Whose money it is."""

    email = StringField("E-mail of the person", [InputRequired("Whose is it?"), Length(max=254)])


class OtherCaseForm(BaseForm):
    """Which case undoes this one."""

    other = StringField("Other case", [InputRequired("Which case?"), Length(max=20)])
