"""Holds requests to the parameters of the pinned API version, as the installed client types them."""

import inspect
import re
import types
import typing
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from stripe import RequestOptions, params
from stripe.params import checkout

Thing = dict[str, Any]


class BadParameter(Exception):
    """What Stripe answers 400 to; `code` is its word for it."""

    def __init__(self, code: str, param: str) -> None:
        super().__init__(f"{code}: {param}")
        self.code, self.param = code, param


# what each address takes: (method, path with * for an id) → the client's typed parameters
_TAKES: dict[tuple[str, str], Any] = {
    ("POST", "/v1/checkout/sessions"): checkout.SessionCreateParams,
    ("GET", "/v1/checkout/sessions"): checkout.SessionListParams,
    ("GET", "/v1/checkout/sessions/*"): checkout.SessionRetrieveParams,
    ("POST", "/v1/payment_intents"): params.PaymentIntentCreateParams,
    ("GET", "/v1/payment_intents"): params.PaymentIntentListParams,
    ("GET", "/v1/payment_intents/search"): params.PaymentIntentSearchParams,
    ("GET", "/v1/payment_intents/*"): params.PaymentIntentRetrieveParams,
    ("POST", "/v1/payment_intents/*/capture"): params.PaymentIntentCaptureParams,
    ("POST", "/v1/payment_intents/*/cancel"): params.PaymentIntentCancelParams,
    ("GET", "/v1/setup_intents/*"): params.SetupIntentRetrieveParams,
    ("GET", "/v1/charges/*"): params.ChargeRetrieveParams,
    ("POST", "/v1/refunds"): params.RefundCreateParams,
    ("GET", "/v1/refunds"): params.RefundListParams,
    ("GET", "/v1/refunds/*"): params.RefundRetrieveParams,
    ("POST", "/v1/transfers"): params.TransferCreateParams,
    ("GET", "/v1/transfers"): params.TransferListParams,
    ("GET", "/v1/transfers/*"): params.TransferRetrieveParams,
    ("POST", "/v1/transfers/*/reversals"): params.TransferReversalCreateParams,
    ("GET", "/v1/transfers/*/reversals"): params.TransferReversalListParams,
    ("POST", "/v1/payouts"): params.PayoutCreateParams,
    ("GET", "/v1/payouts"): params.PayoutListParams,
    ("GET", "/v1/payouts/*"): params.PayoutRetrieveParams,
    ("POST", "/v1/files"): params.FileCreateParams,
    ("GET", "/v1/files"): params.FileListParams,
    ("POST", "/v1/disputes/*"): params.DisputeUpdateParams,
    ("POST", "/v1/disputes/*/close"): params.DisputeCloseParams,
    ("GET", "/v1/disputes/*"): params.DisputeRetrieveParams,
    ("GET", "/v1/disputes"): params.DisputeListParams,
    ("POST", "/v1/accounts"): params.AccountCreateParams,
    ("GET", "/v1/accounts"): params.AccountListParams,
    ("GET", "/v1/accounts/*"): params.AccountRetrieveParams,
    ("POST", "/v1/account_links"): params.AccountLinkCreateParams,
    ("GET", "/v1/balance_transactions"): params.BalanceTransactionListParams,
}
_IDS = re.compile(r"/(?:cs|pi|seti|ch|re|tr|po|dp|acct)_[A-Za-z0-9]+")
_TRANSPORT = set(RequestOptions.__annotations__)


def form_of(path: str) -> str:
    """`/v1/payment_intents/pi_1/capture` → `/v1/payment_intents/*/capture`."""
    return _IDS.sub("/*", path)


def check(method: str, path: str, said: Thing) -> None:
    """Raises BadParameter for an address or a parameter that this API version does not know."""
    takes = _TAKES.get((method, form_of(path)))
    if takes is None:
        raise BadParameter("url_invalid", path)
    _check_object(takes, said, "")


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """The parameters of a typed dictionary, with what each may be."""
    own = {n: hint for n, hint in kind.__annotations__.items() if n not in _TRANSPORT}
    bare = type(kind.__name__, (), {"__annotations__": own})
    return typing.get_type_hints(bare, globalns=vars(inspect.getmodule(kind)))


def _check_object(kind: Any, said: Thing, where: str) -> None:
    hints = _hints(kind)
    for name, value in said.items():
        if name not in hints:
            raise BadParameter("parameter_unknown", f"{where}{name}")
        _check_value(hints[name], value, f"{where}{name}")
    for name in kind.__required_keys__:
        if name not in said and name in hints:
            raise BadParameter("parameter_missing", f"{where}{name}")


def _check_value(hint: Any, value: Any, where: str) -> None:
    """At least one of the types it may have must take it; the last one's complaint is told."""
    complaint: BadParameter | None = None
    for kind in _alternatives(hint):
        try:
            _check_one(kind, value, where)
            return
        except BadParameter as bad:
            if complaint is None or bad.code == "parameter_unknown":
                complaint = bad
    raise complaint or BadParameter("parameter_invalid", where)


def _alternatives(hint: Any) -> list[Any]:
    """The members of a union; words an older client would not know (`Literal | str`) are refused."""
    if get_origin(hint) in (Union, types.UnionType):
        members = [one for part in get_args(hint) for one in _alternatives(part)]
        closed = any(get_origin(one) is Literal for one in members)
        return [one for one in members if not (closed and one is str)]
    return [hint]


def _check_one(kind: Any, value: Any, where: str) -> None:
    origin = get_origin(kind)
    if kind is Any:  # a file
        _must(isinstance(value, dict), where)
    elif origin is Literal:
        _must(value in get_args(kind), where)
    elif origin in (list, typing.List):  # noqa: UP006 - the client writes it so
        _must(isinstance(value, list), where)
        for i, item in enumerate(value):
            _check_value(get_args(kind)[0], item, f"{where}[{i}]")
    elif origin is dict or not isinstance(kind, type):
        _must(isinstance(value, dict), where)
    elif hasattr(kind, "__required_keys__"):
        _must(isinstance(value, dict), where)
        _check_object(kind, value, f"{where}.")
    else:
        _check_plain(kind, value, where)


def _check_plain(kind: Any, value: Any, where: str) -> None:
    _must(isinstance(value, str), where)
    if kind is int:
        _must(value.removeprefix("-").isdigit(), where)
    elif kind is bool:
        _must(value in ("true", "false"), where)


def _must(holds: bool, where: str) -> None:
    if not holds:
        raise BadParameter("parameter_invalid", where)


def decoded(pairs: list[tuple[str, str]]) -> Thing:
    """`a[b][0]=c` → {"a": {"b": ["c"]}}."""
    tree: Thing = {}
    for name, value in pairs:
        keys = [key.rstrip("]") for key in name.split("[")]
        here = tree
        for key in keys[:-1]:
            here = here.setdefault(key, {})
        here[keys[-1] or str(len(here))] = value
    return {name: _with_lists(value) for name, value in tree.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {key: _with_lists(item) for key, item in value.items()}
    return list(inner.values()) if inner and all(key.isdigit() for key in inner) else inner
