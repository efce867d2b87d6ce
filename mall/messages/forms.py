"""Which language a person reads messages in."""

from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from core.forms import BaseForm

_LANGUAGES = [SelectChoice("en", "English"), SelectChoice("zh", "中文")]


class LanguageForm(BaseForm):
    language = SelectField("Language of messages", choices=_LANGUAGES)
