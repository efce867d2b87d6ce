"""What every page shares: refusals as pages, security headers, words for money and time."""

import logging
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from babel.numbers import format_currency, format_decimal, format_percent
from flask import Flask, Response, current_app, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException

from core import clock, countries
from core.db import forget
from core.errors import DomainError
from core.forms import new_key
from core.money import Money

log = logging.getLogger(__name__)

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self' https://checkout.stripe.com; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "INR": "₹", "JPY": "¥"}


def init_app(app: Flask) -> None:
    app.register_error_handler(DomainError, _refusal)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(exc.DataError, _too_large)
    for unreachable in _UNREACHABLE:
        app.register_error_handler(unreachable, _no_database)
    app.after_request(_secure)
    app.jinja_env.globals["once_key"] = new_key  # for forms that count once
    app.jinja_env.filters |= {
        "money": money,
        "minor": minor,
        "day": day,
        "moment": moment,
        "percent": percent,
        "number": number,
        "country": countries.name,
    }


def money(amount: Any) -> str:
    """`¥3,600.00`."""
    return _written(amount.decimal_text(), amount.currency)


@lru_cache(maxsize=10_000)  # a shelf shows the same prices again and again
def _written(text: str, currency: str) -> str:
    shown = format_currency(Decimal(text), currency, locale="en")
    return shown.replace("CN¥", "¥") if currency in _SYMBOLS else shown


def minor(amount: int, currency: str) -> str:
    """Whole minor units as `money` would show them."""
    return money(Money(amount, currency))


def day(value: date | datetime | None) -> str:
    """`25 Nov 2026` in the mall's zone."""
    if value is None:
        return "—"
    here = clock.day_of(value) if isinstance(value, datetime) else value
    return f"{here.day} {here:%b %Y}"


def moment(value: datetime | None) -> str:
    """`25 Nov 2026, 14:05` in the mall's zone."""
    if value is None:
        return "—"
    return f"{day(value)}, {value.astimezone(clock.zone()):%H:%M}"


def percent(ppm: int | None, places: int = 2) -> str:
    """Millionths as `10.90 %`."""
    if ppm is None:
        return "—"
    pattern = "0." + "0" * places + " %" if places else "0 %"
    return format_percent(Decimal(ppm) / 1_000_000, format=pattern, locale="en")


@lru_cache(maxsize=10_000)
def number(value: int) -> str:
    """`12,345`."""
    return format_decimal(value, locale="en")


def _refusal(error: DomainError) -> tuple[Any, int, dict[str, str]]:
    seconds = getattr(error, "retry_after", None)
    headers = {"Retry-After": str(seconds)} if seconds else {}
    return (*page_of_refusal(str(error), error.status), headers)


_UNREACHABLE = (exc.OperationalError, exc.InterfaceError, exc.TimeoutError)


def _no_database(error: exc.SQLAlchemyError) -> Response:
    """503 without asking the database anything: not even who is there."""
    log.warning("the database cannot serve: %s", error)
    forget()
    words = {"status": 503, "sentence": _NO_DATABASE, "mall_name": current_app.config["MALL_NAME"]}
    page = current_app.jinja_env.get_template("errors/error.html").render(words)
    return Response(page, 503, {"Retry-After": "10", "Cache-Control": "no-store"})


_NO_DATABASE = (
    "Our books cannot be reached just now. If you were paying, send the same page again in a "
    "minute: it counts once, even if the first try had already arrived."
)


def _too_large(error: exc.DataError) -> tuple[Any, int]:
    """A sum no column can hold was rolled back; everything else that does not fit is a mistake."""
    if getattr(error.orig, "sqlstate", None) != _OUT_OF_RANGE:
        raise error
    return page_of_refusal("This amount is larger than our books can hold: use a smaller one.", 422)


_OUT_OF_RANGE = "22003"


def _stale_form(error: CSRFError) -> Any:
    return page_of_refusal(
        "This form has gone stale. Go back, reload the page, and send it again.", 400
    )


def _http_error(error: HTTPException) -> Any:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    return page_of_refusal(_SENTENCES.get(error.code, error.description or ""), error.code)


_SENTENCES = {
    404: "There is nothing here, or it is not yours.",
    405: "This page cannot be used that way. Go back and use its buttons.",
    413: "That file is too large. Choose one below 4.5 MB.",
    429: "Too many tries. Wait a minute and try again.",
    500: "Something broke on our side. Nothing was half done; please try again.",
}


def page_of_refusal(sentence: str, status: int) -> tuple[Any, int]:
    """A full page that says what is wrong and what to do; a bare one while the database is away."""
    forget()
    try:
        return render_template("errors/error.html", sentence=sentence, status=status), status
    except _UNREACHABLE as error:  # its head asks who is there
        return _no_database(error), 503


def _secure(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure and not current_app.debug:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
