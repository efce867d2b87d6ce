"""What sellers and admins write about suspected orders; every form counts once."""

from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from core.forms import BaseForm, KeyField


class ProofForm(BaseForm):
    """Words and, if there is one, a file."""

    key = KeyField()
    words = TextAreaField(
        "Who bought this, and how was it sent?",
        [InputRequired("Say it in a sentence."), Length(10, 2_000, "Say it in a sentence.")],
        render_kw={"rows": 3, "maxlength": 2_000},
    )
    file = FileField("A receipt of the carrier or a message of the buyer")


class WhyForm(BaseForm):
    """A hold, its end, or a case's: always with a reason."""

    key = KeyField()
    why = StringField("Why", [InputRequired("Say why, for the record."), Length(3, 160)])


class AnswerForm(BaseForm):
    """An answer to a proof, with words for the seller."""

    key = KeyField()
    answer = StringField("Words for the seller", [Length(max=240)])
