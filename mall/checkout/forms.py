"""The one checkout form: where to, by what way, and how it is paid."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length, Optional

from core import countries
from core.forms import BaseForm, KeyField, country_field
from core.money import Money
from mall.accounts.models import Address
from mall.checkout.paying import NewCard
from mall.ports.payment_methods import Offer

NEW = "new"
PARTS = ("recipient", "line", "city", "region", "postcode", "country", "phone")


class CheckoutForm(BaseForm):
    """Checked in two steps: `address_is_whole` before prices are shown, the rest before paying."""

    key = KeyField()
    seen_total = HiddenField()  # what the page showed, `Bill.seen`; another is shown again first
    address = RadioField("Where shall it go?", validate_choice=False, default=NEW)
    recipient = StringField("Name", [Optional(), Length(max=80)])
    line = StringField("Street and house number", [Optional(), Length(max=160)])
    city = StringField("City", [Optional(), Length(max=80)])
    region = StringField("Province or state", [Optional(), Length(max=80)])
    postcode = StringField("Postcode", [Optional(), Length(max=16)])
    country = country_field(validate_choice=False)  # of a saved address it is not asked
    phone = StringField("Phone for the courier", [Optional(), Length(max=32)])
    keep_address = BooleanField("Keep this address for next time")
    use_balance = BooleanField("Use my balance first")
    balance_part = HiddenField("", [Length(max=12)])  # so much of it only, minor units; "": all
    card_part = HiddenField("", [Length(max=12)])  # what a card pays beside a plan; "": nothing
    now_by = RadioField("Which card pays now?", [Optional()], validate_choice=False)
    offer = RadioField("How would you like to pay?", [Optional()], validate_choice=False)
    card_number = StringField("Card number", [Optional(), Length(max=24)])
    card_expiry = StringField("Expires (MM/YY)", [Optional(), Length(max=7)])
    card_cvc = StringField("Security code", [Optional(), Length(max=4)])
    keep_card = BooleanField("Save this card for next time")
    agree = BooleanField("I have read the key facts and the plan, and I agree to borrow this.")

    def take_split(self, action: str) -> None:
        """A press on “pay some now, the rest in parts” fills the form in.

        `split:MINOR:OFFER` from the balance, `by-card:MINOR:OFFER` by card, `by-card:` not so.
        """
        way, _, rest = action.partition(":")
        part, _, key = rest.partition(":")
        if way == "by-card":
            self.card_part.data = part
        elif way == "split" and part.isdecimal() and key:
            self.use_balance.data, self.balance_part.data = True, part
        self.offer.data = key or self.offer.data

    def by_card(self, left: Money) -> Money:
        """What a card shall pay at once of what is `left`, before a plan pays the rest."""
        part = self.card_part.data or ""
        minor = int(part) if part.isascii() and part.isdecimal() else 0
        return Money(minor if minor < left.minor else 0, left.currency)

    def from_balance(self, most: Money) -> Money:
        """What shall be paid from the balance, `most` at most."""
        part = self.balance_part.data or ""
        if not self.use_balance.data:
            return Money.zero(most.currency)
        if not (part.isascii() and part.isdecimal()):
            return most
        return min(most, Money(int(part), most.currency))

    def with_addresses(self, saved: Sequence[Address]) -> "CheckoutForm":
        """Offer the saved addresses, the newest chosen, and a new one."""
        self.saved = {str(one.id): one for one in saved}
        self.address.choices = [
            SelectChoice(key, _in_one_line(one)) for key, one in self.saved.items()
        ]
        self.address.choices += [SelectChoice(NEW, "Another address")]
        if not self.is_submitted() or self.address.data not in {*self.saved, NEW}:
            self.address.data = next(iter(self.saved), NEW)
        return self

    @property
    def chosen_address(self) -> dict[str, str]:
        """recipient, line, city, region, postcode, country, phone of the saved or written address."""
        source: Any = self.saved.get(self.address.data or "")
        if source is not None:
            return {part: getattr(source, part) for part in PARTS}
        written = {part: (self[part].data or "").strip() for part in PARTS}
        return written | {"country": countries.checked(written["country"])}

    @property
    def is_new_address(self) -> bool:
        return self.address.data == NEW

    def address_is_whole(self) -> bool:
        """Whether everything a parcel needs is there; marks what is missing."""
        missing = [p for p in PARTS[:-1] if not self.chosen_address[p]]
        for part in missing:
            self[part].errors = ["Please fill this in."]
        return not missing

    def may_be_paid_by(self, offer: Offer | None) -> bool:
        """Whether the chosen way to pay has all it needs; marks what is missing."""
        if offer is None:
            self.offer.errors = ["Choose a way to pay."]
            return False
        if offer.rows and not self.agree.data:
            self.agree.errors = ["Please read the key facts and agree first."]
        self._digits_are_there(offer)
        return not self.errors

    def card_is_chosen(self, card: Offer | None, *, wanted: bool) -> bool:
        """Whether the card that pays beside a plan has all it needs; marks what is missing."""
        if card is not None:
            self._digits_are_there(card)
        elif wanted:
            self.now_by.errors = ["Choose a card."]
        return not self.errors

    def _digits_are_there(self, offer: Offer) -> None:
        if "card" in offer.fields:
            for field in (self.card_number, self.card_expiry, self.card_cvc):
                if not (field.data or "").strip():
                    field.errors = ["Please fill this in."]

    def new_card(self, offer: Offer) -> NewCard | None:
        """What was typed, when the chosen way to pay asks for a card."""
        if "card" not in offer.fields:
            return None
        return NewCard(
            self.card_number.data or "",
            self.card_expiry.data or "",
            self.card_cvc.data or "",
            keep=bool(self.keep_card.data),
        )


def _in_one_line(address: Address) -> str:
    where = "" if address.country == countries.ours() else f", {countries.name(address.country)}"
    return f"{address.recipient}, {address.line}, {address.postcode} {address.city}{where}"
