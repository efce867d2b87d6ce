"""Static files under addresses that carry their content: cached for ever, asked for once."""

import gzip
import mimetypes
import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask

_IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')
_VERSIONED = re.compile(r"/static/(?P<head>[\w./-]+)\.(?P<hash>[0-9a-f]{12})(?P<tail>\.\w+)")
_FOR_EVER = "public, max-age=31536000, immutable"
_ONCE = "no-cache"
_GZIP_FROM = 500  # bytes; below, the header costs more than it saves
_TEXTS = {".css", ".js", ".svg", ".json", ".txt"}

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication


def init_app(app: Flask, root: Path) -> None:
    """Give templates `static("js/menu.js")`, and serve what it names from memory.

    While debugging, files are read again each time.
    """
    shelf = Shelf(root)
    address = shelf.address if app.debug else lru_cache(maxsize=None)(shelf.address)
    app.jinja_env.globals["static"] = address
    app.wsgi_app = Served(app.wsgi_app, shelf)  # type: ignore[method-assign, assignment]


class Shelf:
    """The static files below `root`; a stylesheet arrives with all that it imports."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def read(self, name: str) -> bytes | None:
        """The bytes of `js/menu.js`; None when there is no such file here."""
        path = (self.root / name).resolve()
        if not path.is_relative_to(self.root) or not path.is_file():
            return None
        return joined(path).encode() if path.suffix == ".css" else path.read_bytes()

    def address(self, name: str) -> str:
        """`/static/js/menu.0123456789ab.js`, another one when the content is another."""
        body = self.read(name)
        if body is None:
            raise FileNotFoundError(f"static/{name} is not there: correct the template")
        head, dot, tail = name.rpartition(".")
        return f"/static/{head}.{version(body)}{dot}{tail}"


def version(body: bytes) -> str:
    """Twelve hex digits that stand for this content."""
    return sha256(body).hexdigest()[:12]


def joined(path: Path) -> str:
    """A stylesheet as one text: each import replaced, in its place, by the file in its layer."""

    def fetch(found: re.Match[str]) -> str:
        return f"@layer {found[2]} {{\n{joined(path.parent / found[1])}}}\n"

    return _IMPORT.sub(fetch, path.read_text())


class Served:
    """A WSGI layer that answers versioned addresses and passes everything else on."""

    def __init__(self, inner: "WSGIApplication", shelf: Shelf) -> None:
        self.inner, self.shelf = inner, shelf
        self.kept: dict[str, tuple[bytes, bytes]] = {}

    def __call__(self, environ: dict[str, Any], start: "StartResponse") -> Iterable[bytes]:
        found = _VERSIONED.fullmatch(environ.get("PATH_INFO", ""))
        if found is None or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.inner(environ, start)
        body = self.kept.get(found[0]) or self._load(found)
        if body is None:
            return self.inner(environ, start)
        plain, small = body
        is_small = bool(small) and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        sent = small if is_small else plain
        start("200 OK", _headers(found, len(sent), is_small, found[0] in self.kept))
        return [sent] if environ["REQUEST_METHOD"] == "GET" else []

    def _load(self, found: re.Match[str]) -> tuple[bytes, bytes] | None:
        """A page of yesterday's version gets today's file, but may not keep it."""
        plain = self.shelf.read(found["head"] + found["tail"])
        if plain is None:
            return None
        worth_it = found["tail"] in _TEXTS and len(plain) >= _GZIP_FROM
        body = plain, gzip.compress(plain, mtime=0) if worth_it else b""
        if version(plain) == found["hash"]:
            self.kept[found[0]] = body
        return body


def _headers(
    found: re.Match[str], length: int, is_small: bool, is_current: bool
) -> list[tuple[str, str]]:
    kind = mimetypes.guess_type(found[0])[0] or "application/octet-stream"
    headers = [
        ("Content-Type", f"{kind}; charset=utf-8" if found["tail"] in _TEXTS else kind),
        ("Content-Length", str(length)),
        ("Cache-Control", _FOR_EVER if is_current else _ONCE),
        ("Vary", "Accept-Encoding"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    return [*headers, ("Content-Encoding", "gzip")] if is_small else headers
