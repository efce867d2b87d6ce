"""The form in which an admin proposes a price: percentages with up to four decimals."""

from fractions import Fraction
from typing import Any

from wtforms import RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from core.forms import BaseForm
from finance.pricing import setting
from finance.pricing.setting import ALL, BY_GRADE, ONE_PRICE, Setting
from finance.pricing.versions import exact

_DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}
_PARTS = {
    "funding_ppm": "Cost of money",
    "service_ppm": "Running the loan",
    "margin_ppm": "Capital and margin",
    "loss_ppm": "Lost in a default (LGD)",
    "cap_ppm": "Cap",
}


class Percent(StringField):
    """A share in percent from 0 to 100; `.ppm` gives millionths."""

    @property
    def ppm(self) -> int:
        return int(self._share())

    def _share(self) -> Fraction:
        return Fraction((self.data or "").replace("%", "").strip() or "0") * 10_000

    def pre_validate(self, form: Any) -> None:
        try:
            share = self._share()
        except (ValueError, ZeroDivisionError):
            raise ValidationError("Write a share such as 4.5.") from None
        if share.denominator != 1 or not 0 <= share <= 1_000_000:
            raise ValidationError("Write a share from 0 to 100 with at most four decimals.")


class PriceForm(BaseForm):
    """All of a product's price; made by `form_for`, which knows its grades."""

    how = RadioField("Worked out", [InputRequired("Choose one.")])
    why = TextAreaField("Why", [InputRequired("Say why."), Length(3, 240)])

    def wanted(self, before: Setting) -> Setting:
        """What the form asks for."""
        return Setting(
            how=self.how.data,
            **{name: self[name].ppm for name in _PARTS},
            prices={grade: self[_named("price", grade)].ppm for grade in before.prices},
            pd_ppm={grade: self[_named("pd", grade)].ppm for grade in before.pd_ppm},
        )


def _named(what: str, grade: str) -> str:
    return what if grade == ALL else f"{what}_{grade}"


def form_for(product: str, before: Setting) -> PriceForm:
    """The form with a field for each number, filled in as it is now."""
    words = _words(product, before)
    kind: type[PriceForm] = type(
        "ProductPriceForm",
        (PriceForm,),
        {
            name: Percent(label, [InputRequired("Say how much.")], render_kw=_DECIMAL)
            for name, label in words.items()
        },
    )
    form = kind(data=_data(before))
    form.how.choices = [
        (setting.PRESET, "The price below, as it is set"),
        (setting.FORMULA, "By the formula, from the terms below"),
    ]
    return form


def _words(product: str, before: Setting) -> dict[str, str]:
    length = ONE_PRICE.get(product) or BY_GRADE[product]
    words = dict(_PARTS)
    for grade in before.prices:
        name = "Price" if grade == ALL else f"Price of grade {grade}"
        words[_named("price", grade)] = f"{name}, {length}"
    for grade in before.pd_ppm:
        words[_named("pd", grade)] = f"Default in a year, grade {grade}"
    return words


def _data(before: Setting) -> dict[str, str]:
    found = {name: getattr(before, name) for name in _PARTS}
    found |= {_named("price", grade): ppm for grade, ppm in before.prices.items()}
    found |= {_named("pd", grade): ppm for grade, ppm in before.pd_ppm.items()}
    return {name: exact(ppm).removesuffix(" %") for name, ppm in found.items()} | {
        "how": before.how
    }


def groups(form: PriceForm) -> tuple[list[Any], list[Any], list[Any]]:
    """(terms of the formula, chances of default, prices as set) of the form's fields."""
    prices = [f for f in form if f.name == "price" or f.name.startswith("price_")]
    chances = [f for f in form if f.name.startswith("pd_")]
    return [form[name] for name in _PARTS], chances, prices
