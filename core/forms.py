"""The base of all forms: CSRF token, keys against double submits, money fields."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, ValidationError
from wtforms.validators import Length

from core import countries, ids
from core.money import Money

KEY_LENGTH_MAX = 32


class BaseForm(FlaskForm):
    """A Flask-WTF form; `submitted_and_valid` is true for a sent, complete form."""

    @property
    def submitted_and_valid(self) -> bool:
        return bool(self.validate_on_submit())


def new_key() -> str:
    """A key for one rendering of a form."""
    return ids.code("K", 16)


class KeyField(HiddenField):
    """A key that makes a form count once, however often it is sent."""

    def __init__(self, **kwargs: Any) -> None:
        # it becomes part of keys in the database, which are this long at most
        fits = Length(max=KEY_LENGTH_MAX)
        super().__init__("", [fits], default=new_key, **kwargs)


def country_field(**more: Any) -> SelectField:
    """A select of all countries, the mall's own chosen and first."""
    return SelectField(
        "Country",
        choices=countries.choices,
        default=countries.ours,
        render_kw={"autocomplete": "country"},
        **more,
    )


class MoneyField(StringField):
    """An exact amount such as `1,200.00`; `.money(currency)` gives it."""

    def __init__(
        self, label: str, validators: Any = None, *, currency: str = "", **kwargs: Any
    ) -> None:
        self.currency = currency
        kwargs.setdefault("render_kw", {"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(label, validators, **kwargs)

    def money(self, currency: str) -> Money:
        return Money.parse(self.data or "", currency)

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            return
        try:
            amount = Money.parse(self.data, self.currency or "CNY")
        except (ValueError, ZeroDivisionError):
            raise ValidationError("Write an amount such as 1200.00.") from None
        if amount.minor <= 0:
            raise ValidationError("Write an amount above zero.")
