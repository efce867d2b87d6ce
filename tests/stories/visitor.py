"""A person with a browser of ours: follows links, fills forms as the page gave them, CSRF tokens included."""

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient


@dataclass
class Form:
    """A form as the page gave it: where it goes, its fields, the names of its buttons."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # words, name, value


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._select = self._area = ""
        self._button: tuple[str, str] | None = None
        self._words = ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in pairs}
        if tag == "form":
            self._form = Form(at.get("action", ""), at.get("method", "get").lower())
            self.forms.append(self._form)
        if self._form is None:
            return
        if tag == "input" and at.get("name") and "disabled" not in at:
            if at.get("type") in ("checkbox", "radio"):
                if "checked" in at:
                    self._form.fields[at["name"]] = at.get("value", "y")
            elif at.get("type") == "submit":
                self._form.buttons.append((at.get("value", ""), at["name"], at.get("value", "")))
            elif at.get("type") != "file":
                self._form.fields[at["name"]] = at.get("value", "")
        elif tag == "select":
            self._select = "" if "multiple" in at else at.get("name", "")  # nothing by itself
        elif (
            tag == "option"
            and self._select
            and ("selected" in at or self._select not in self._form.fields)
        ):
            self._form.fields[self._select] = at.get("value", "")
        elif tag == "textarea":
            self._area = at.get("name", "")
            self._form.fields[self._area] = ""
        elif tag == "button":
            self._button, self._words = (at.get("name", ""), at.get("value", "")), ""

    def handle_data(self, data: str) -> None:
        if self._button is not None:
            self._words += data
        if self._area and self._form:
            self._form.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "button" and self._button is not None and self._form:
            self._form.buttons.append((" ".join(self._words.split()), *self._button))
            self._button = None
        elif tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""


class Visitor:
    """One person's browser without JavaScript."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.path = ""
        self.status = 0
        self.html = ""

    def get(self, path: str) -> "Visitor":
        """Open a page, following redirects."""
        return self._take(self.client.get(path, follow_redirects=True))

    def _take(self, response: Any) -> "Visitor":
        self.path, self.status, self.html = (
            response.request.path,
            response.status_code,
            response.text,
        )
        return self

    def press(self, words: str, **values: Any) -> "Visitor":
        """Fill the form whose button says `words` and send it; a value of None leaves a field out."""
        form, name, value = self._form_with(words)
        sent = {**form.fields, **{key.replace("__", "-"): v for key, v in values.items()}}
        sent = {key: v for key, v in sent.items() if v is not None}
        if name:
            sent[name] = value
        where = form.action or self.path
        call = self.client.post if form.method == "post" else self.client.get
        kind = "data" if form.method == "post" else "query_string"
        return self._take(call(where, follow_redirects=True, **{kind: sent}))

    def _form_with(self, words: str) -> tuple[Form, str, str]:
        parser = _Forms()
        parser.feed(self.html)
        for form in parser.forms:
            for said, name, value in form.buttons:
                if said.startswith(words):
                    return form, name, value
        buttons = [said for form in parser.forms for said, _, _ in form.buttons]
        raise AssertionError(f"no button {words!r} on {self.path}; there are {buttons}")

    @property
    def text(self) -> str:
        """The page's words, tags and scripts taken out, white space folded."""
        bare = re.sub(r"(?s)<(script|style|head)\b.*?</\1>", " ", self.html)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", bare)).split())

    def sees(self, *words: str) -> "Visitor":
        """The page says all of this."""
        for said in words:
            assert said in self.text, (
                f"{self.path} ({self.status}) does not say {said!r}:\n{self.text[:3000]}"
            )
        return self

    def sign_in(self, email: str, password: str) -> "Visitor":
        self.get("/sign-in").press("Sign in", email=email, password=password)
        assert self.status == 200, self.text[:500]
        return self
