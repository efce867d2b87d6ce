"""A tiny site that serves the look alone: every layout, component and error page, no database."""

from pathlib import Path

from flask import Flask, Response, flash, render_template, render_template_string, request
from flask_wtf import CSRFProtect, FlaskForm
from wtforms import (
    BooleanField,
    FileField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from core import assets, web
from core.forms import new_key

ROOT = Path(__file__).parents[2]
CATEGORIES = ["New in", "Home & living", "Electronics", "Kitchen", "Outdoor", "Books", "Toys"]
CONSOLE = [
    ("Home", "home", ""),
    ("Orders", "box", ""),
    ("Products", "tag", ""),
    ("Money", "wallet", "Money"),
    ("Capital", "seedling", "Money"),
]


class Person:
    name, is_seller, is_admin = "Ines", True, True


class EveryField(FlaskForm):
    name = StringField("Name on the parcel", [InputRequired("Who shall receive it?")])
    password = PasswordField("Password", [Length(min=10, message="Ten characters at least.")])
    country = SelectField("Country", choices=[SelectChoice("de", "Germany")])
    note = TextAreaField("Note to the seller")
    picture = FileField("Picture")
    speed = RadioField(
        "Shipping",
        [InputRequired("Choose one.")],
        choices=[
            SelectChoice("slow", "Standard, 3 days"),
            SelectChoice("fast", "Express, tomorrow"),
        ],
    )
    agree = BooleanField("I have read the terms", [InputRequired("Please read the terms first.")])


FORM_PAGE = """
{% extends "layouts/" ~ layout ~ ".html" %}
{% from "components/form.html" import form as form_of, problems %}
{% from "components/field.html" import field %}
{% block title %}Every field{% endblock %}
{% block main %}{% if layout != "console" %}<h1>Every field</h1>{% endif %}
{{ problems(form) }}
{% call form_of(submit="Send", cancel="/") %}
{{ field(form.name, hint="As on the door bell", autocomplete="name") }}
{{ field(form.password) }}{{ field(form.country) }}{{ field(form.note, optional=True) }}
{{ field(form.picture) }}{{ field(form.speed, boxes=True) }}{{ field(form.agree) }}
{% endcall %}{% endblock %}
"""


def _shared():
    items = [
        {
            "label": label,
            "url": f"/{label.lower()}",
            "icon": icon,
            "group": group,
            "current": label == "Home",
            "badge": 3 if label == "Orders" else None,
        }
        for label, icon, group in CONSOLE
    ]
    return {
        "mall_name": "The Mall that Lends",
        "me": Person(),
        "cart_count": 2,
        "nav_categories": [{"name": name, "url": f"/c/{name}"} for name in CATEGORIES],
        "console_items": items,
    }


def _hold_to_the_policy(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = web.CSP
    return answer


def make_site(*, signed_in: bool = True) -> Flask:
    site = Flask(
        "look",
        template_folder=ROOT / "templates",
        static_folder=ROOT / "static",
        static_url_path="/static",
    )
    site.config.update(SECRET_KEY="look", TESTING=True, MAX_CONTENT_LENGTH=100_000)
    CSRFProtect(site)
    assets.init_app(site, ROOT / "static")
    site.jinja_env.globals["once_key"] = new_key
    site.jinja_env.filters |= {"money": web.money, "day": web.day, "moment": web.moment}
    if signed_in:
        site.context_processor(_shared)
    site.after_request(_hold_to_the_policy)
    _add_pages(site)
    return site


def _add_pages(site: Flask) -> None:
    @site.get("/styleguide")
    def styleguide():
        return render_template("styleguide.html")

    @site.get("/error/<int:code>")
    def error(code):
        return render_template("errors/error.html", status=code, sentence="Only 2 mugs are left.")

    @site.route("/form/<layout>", methods=["GET", "POST"])
    def every_field(layout):
        form = EveryField()
        if form.validate_on_submit():
            flash("Saved.", "success")
        return render_template_string(FORM_PAGE, layout=layout, form=form)

    @site.get("/region")
    def region():
        return f"<p>The server counted {request.args['amount']}.</p>"
