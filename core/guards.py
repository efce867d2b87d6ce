"""A role for a whole blueprint: strangers are asked to sign in, others do not find it."""

from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask_login import current_user


def require(blueprint: Blueprint, role: str) -> None:
    """Let only people of this role (or, with `person`, anyone signed in) use the blueprint."""

    def check() -> Any:
        if not current_user.is_authenticated:
            return redirect(url_for("accounts.sign_in", next=_here()))
        if role != "person" and current_user.role != role:
            abort(404)
        return None

    blueprint.before_request(check)


def _here() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else "/"
