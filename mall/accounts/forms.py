"""What people write to sign up, sign in and say where they live."""

from wtforms import BooleanField, EmailField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Optional

from core.forms import BaseForm, country_field
from mall.accounts.rules import NAME_LENGTH_MAX, PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN

_PASSWORD = [
    InputRequired("Choose a password."),
    Length(
        PASSWORD_LENGTH_MIN,
        PASSWORD_LENGTH_MAX,
        f"Choose {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} characters.",
    ),
]


def _text(label: str, needed: str, longest: int, autocomplete: str) -> StringField:
    return StringField(
        label,
        [InputRequired(needed), Length(max=longest)],
        render_kw={"autocomplete": autocomplete},
    )


class SignInForm(BaseForm):
    """E-mail address and password."""

    email = EmailField(
        "E-mail",
        [InputRequired("Write your e-mail address."), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        "Password",
        [InputRequired("Write your password.")],
        render_kw={"autocomplete": "current-password"},
    )
    stay = BooleanField("Keep me signed in on this device")


class SignUpForm(BaseForm):
    """A new account."""

    name = _text("Your name", "How shall we call you?", NAME_LENGTH_MAX, "name")
    email = EmailField(
        "E-mail",
        [InputRequired("Write your e-mail address."), Length(max=254)],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField("Password", _PASSWORD, render_kw={"autocomplete": "new-password"})


class InvitedForm(BaseForm):
    """The password of someone who was invited."""

    password = PasswordField("Password", _PASSWORD, render_kw={"autocomplete": "new-password"})


class PasswordForm(BaseForm):
    """The present password and a better one."""

    present = PasswordField(
        "Present password",
        [InputRequired("Write your present password.")],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField("New password", _PASSWORD, render_kw={"autocomplete": "new-password"})


class AddressForm(BaseForm):
    """Where parcels go."""

    recipient = _text("Name on the parcel", "Who shall receive it?", 80, "name")
    line = _text("Street and number", "Where shall it go?", 160, "street-address")
    city = _text("City", "In which city?", 80, "address-level2")
    region = _text("Region", "In which region?", 80, "address-level1")
    postcode = _text("Postal code", "Which postal code?", 16, "postal-code")
    country = country_field()
    phone = StringField("Phone", [Optional(), Length(max=32)], render_kw={"autocomplete": "tel"})

    def parts(self) -> dict[str, str]:
        """The answers as `add_address` takes them."""
        return {f.short_name: f.data or "" for f in self if f.short_name != "csrf_token"}
