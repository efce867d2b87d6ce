"""What a seller says of a campaign."""

from typing import Any

from wtforms import DateField, IntegerField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from core.forms import BaseForm, KeyField, MoneyField

PERCENT = 10_000  # millionths


class CampaignForm(BaseForm):
    """A new campaign; no product chosen means all of them."""

    key = KeyField()
    title = StringField("What shoppers read", [InputRequired("Give it a name."), Length(max=80)])
    tenors = SelectMultipleField("Plans that shall be free", coerce=int)
    products = SelectMultipleField("Products", [Optional()], coerce=int)
    starts_on = DateField("First day", [InputRequired("Say when it begins.")])
    ends_on = DateField("Last day", [InputRequired("Say when it ends.")])
    budget = MoneyField("Budget", [InputRequired("Say how much it may cost in all.")])
    per_order_cap = MoneyField("The most for one order", [InputRequired("Say how much.")])
    fallback = RadioField(
        "Who is not covered",
        choices=[
            SelectChoice("b3", "sees the usual plans, with their fee"),
            SelectChoice("paynow", "pays now: no plan of these lengths"),
        ],
        default="b3",
    )
    hold_out = IntegerField(
        "Shoppers who never see it, in percent", [NumberRange(0, 50)], default=10
    )

    def with_choices(self, tenors: list[int], products: list[tuple[int, str]]) -> "CampaignForm":
        self.tenors.choices = [SelectChoice(n, f"{n} months") for n in tenors]
        self.products.choices = [SelectChoice(id, title) for id, title in products]
        return self

    def hold_out_ppm(self) -> int:
        percent: Any = self.hold_out.data or 0
        return int(percent) * PERCENT
