"""A verdict, a question, an answer."""

from wtforms import RadioField, SelectChoice, TextAreaField  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional

from core.forms import BaseForm
from mall.feedback.services import QUESTION_LENGTH_MAX, TEXT_LENGTH_MAX

_WORDS = {5: "Wonderful", 4: "Good", 3: "Fair", 2: "Poor", 1: "Bad"}


class ReviewForm(BaseForm):
    """One to five stars and, if one likes, words."""

    stars = RadioField(
        "How is it?",
        [InputRequired("Give one to five stars.")],
        choices=[SelectChoice(str(n), f"{n} ★ {word}") for n, word in _WORDS.items()],
    )
    text = TextAreaField("What should others know?", [Optional(), Length(max=TEXT_LENGTH_MAX)])


class QuestionForm(BaseForm):
    """Something to ask the shop."""

    text = TextAreaField(
        "Your question",
        [InputRequired("Write your question first."), Length(max=QUESTION_LENGTH_MAX)],
    )


class AnswerForm(BaseForm):
    """What a shop answers in public."""

    text = TextAreaField(
        "Your answer", [InputRequired("Write a few words first."), Length(max=TEXT_LENGTH_MAX)]
    )
