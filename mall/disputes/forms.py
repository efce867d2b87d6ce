"""What a seller may say to the bank, and the one click of who answers."""

from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length

from core.forms import BaseForm, KeyField
from mall.disputes.documents import KINDS
from mall.disputes.services import WORDS_MAX


class WordsForm(BaseForm):
    """The seller's own words; they go to the bank with the records."""

    text = TextAreaField(
        "What should the bank know?",
        [Length(max=WORDS_MAX, message=f"Say it in at most {WORDS_MAX} letters.")],
        render_kw={"rows": 5, "maxlength": WORDS_MAX},
    )


class DocumentForm(BaseForm):
    """A file that proves something, and what kind it is."""

    field = SelectField(
        "What it is", choices=[SelectChoice(name, title) for name, title in KINDS.items()]
    )
    file = FileField("File", [FileRequired("Choose a file.")])


class AnswerForm(BaseForm):
    """One button, which counts once."""

    key = KeyField()
