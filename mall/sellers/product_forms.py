"""A product as its seller writes it: words, variants in rows, pictures."""

from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from core.forms import BaseForm, MoneyField
from core.money import Money
from mall.catalog.rules import VARIANTS_MAX, NewVariant
from mall.taxes.rules import CLASSES, STANDARD

ROWS_AT_FIRST = 3
STOCK_MAX = 1_000_000


class VariantRow(Form):
    """One variant; a row without a price is left out. `seen` is the stock when the page was drawn."""

    id = HiddenField()
    seen = HiddenField()
    label = StringField("Name", [Optional(), Length(max=120)])
    price = MoneyField("Price", [Optional()])
    stock = IntegerField("Stock", [Optional(), NumberRange(0, STOCK_MAX)])
    sku = StringField("SKU", [Optional(), Length(max=60)])
    weight = IntegerField("Grams", [Optional(), NumberRange(0, 1_000_000)])

    @property
    def is_used(self) -> bool:
        return bool(self.price.data or self.id.data)

    def variant(self, currency: str) -> NewVariant:
        given = self.id.data or ""
        return NewVariant(
            price=self.price.money(currency),
            on_hand=self.stock.data or 0,
            label=self.label.data or "",
            sku=self.sku.data or "",
            weight_grams=self.weight.data or 0,
            id=int(given) if given.isdecimal() else None,
        )

    def stock_change(self) -> int:
        """What the seller added to or took from the stock they saw."""
        seen = self.seen.data or ""
        if not seen.isdecimal() or self.stock.data is None:
            return 0
        return int(self.stock.data) - int(seen)


class ProductForm(BaseForm):
    """A product, new or there already."""

    title = StringField("Title", [InputRequired("What is it called?"), Length(3, 160)])
    brand = StringField("Brand", [Optional(), Length(max=60)])
    category = SelectField("Category", [InputRequired("Choose a category.")])
    tax_class = SelectField(
        "Tax in its price",
        choices=[SelectChoice(key, name) for key, name in CLASSES.items()],
        default=STANDARD,
    )
    summary = StringField("In one line", [Optional(), Length(max=300)])
    description = TextAreaField("Description", [Optional(), Length(max=10_000)])
    attributes = TextAreaField("Facts", [Optional(), Length(max=4_000)])
    variants = FieldList(FormField(VariantRow), min_entries=1, max_entries=VARIANTS_MAX)
    pictures = MultipleFileField("Add pictures")
    removed = SelectMultipleField("Remove pictures", choices=[], validate_choice=False)
    listed = BooleanField("On sale", default=True)
    more = SubmitField("Add another variant")
    save = SubmitField("Save")

    def validate_variants(self, field: Any) -> None:
        used = [row.form for row in field if row.form.is_used]
        if not used:
            raise ValidationError("Give at least one variant a price.")
        if any(not row.price.data for row in used):
            raise ValidationError("Every variant needs a price above zero.")

    def validate_attributes(self, field: Any) -> None:
        if any(":" not in line for line in _lines(field.data)):
            raise ValidationError("Write one fact a line, such as `Material: oak`.")

    def facts(self) -> dict[str, str]:
        """The attributes, from lines such as `Material: oak`."""
        pairs = (line.partition(":") for line in _lines(self.attributes.data))
        return {name.strip()[:60]: value.strip()[:200] for name, _, value in pairs}

    def rows(self) -> list[VariantRow]:
        return [row.form for row in self.variants if row.form.is_used]

    def fill(self, product: Any, category: str) -> "ProductForm":
        """Show a product as it stands."""
        self.process(data={
            "title": product.title, "brand": product.brand, "category": category,
            "tax_class": product.tax_class,
            "summary": product.summary, "description": product.description,
            "attributes": "\n".join(f"{k}: {v}" for k, v in product.attributes.items()),
            "listed": product.listed_at is not None,
            "variants": [_row(variant) for variant in product.variants],
        })  # fmt: skip
        return self


def _row(variant: Any) -> dict[str, Any]:
    return {
        "id": str(variant.id),
        "seen": str(variant.on_hand),
        "label": variant.label,
        "price": Money(variant.price, variant.currency).decimal_text(),
        "stock": variant.on_hand,
        "sku": variant.sku,
        "weight": variant.weight_grams,
    }


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


class StockForm(BaseForm):
    """The stock and price of one variant, in the list."""

    seen = IntegerField("Seen", [InputRequired(), NumberRange(0, STOCK_MAX)])
    stock = IntegerField("Stock", [InputRequired(), NumberRange(0, STOCK_MAX)])
    price = MoneyField("Price", [InputRequired()])
