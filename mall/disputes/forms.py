"""What a seller may say to the bank, and the one click of who answers."""

from wtforms import TextAreaField
from wtforms.validators import Length

from core.forms import BaseForm
from mall.disputes.services import WORDS_MAX


class WordsForm(BaseForm):
    """The seller's own words; they go to the bank with the records."""

    text = TextAreaField(
        "What should the bank know?",
        [Length(max=WORDS_MAX, message=f"Say it in at most {WORDS_MAX} letters.")],
        render_kw={"rows": 5, "maxlength": WORDS_MAX},
    )


class AnswerForm(BaseForm):
    """One button."""
