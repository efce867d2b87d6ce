"""The chart of accounts: every kind of account, its side, its limit, and how it is named.

An account is named by its kind's code and whose it is, `2100:escrow:O-7K2M9Q4FA`, in one currency.
`limited`: the database never lets it fall below zero on its normal side, pending amounts included.
"""

from dataclasses import dataclass
from enum import StrEnum

from core.errors import DomainError


class Side(StrEnum):
    """The side on which an account normally grows."""

    DEBIT = "debit"
    CREDIT = "credit"


class Type(StrEnum):
    ASSET = "asset"
    LIABILITY = "liability"
    EQUITY = "equity"
    INCOME = "income"
    EXPENSE = "expense"


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the chart; `owner` says what the part after the name stands for.

    `busy`: so many journals move it that the database spreads it over rows, read as one.
    `asked`: moved, the database asks at commit what it belongs to (`ledger_account_adds_up`).
    """

    code: int
    name: str
    type: Type
    side: Side
    limited: bool
    owner: str
    meaning: str
    busy: bool = False
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """A named account; its currency comes from the money that moves."""

    kind: Kind
    owner: str

    @property
    def path(self) -> str:
        return f"{self.kind.code}:{self.kind.name}" + (f":{self.owner}" if self.owner else "")

    def __str__(self) -> str:
        return self.path


class UnknownAccount(DomainError):
    status = 404
    message = "There is no account {path} in the chart."


_ASKED = (1300, 1310, 1320, 1400, 1410, 1510, 1600, 2100, 2120, 2130)


def _kind(
    code: int,
    name: str,
    type: Type,
    *,
    limited: bool,
    owner: str,
    meaning: str,
    side: Side | None = None,
    busy: bool = False,
) -> Kind:
    normal = side or (Side.DEBIT if type in (Type.ASSET, Type.EXPENSE) else Side.CREDIT)
    return Kind(code, name, type, normal, limited, owner, meaning, busy, code in _ASKED)


A, L, Q, I, X = Type.ASSET, Type.LIABILITY, Type.EQUITY, Type.INCOME, Type.EXPENSE

CHART: tuple[Kind, ...] = (
    _kind(
        1100,
        "clearing",
        A,
        limited=False,
        busy=True,
        owner="gateway",
        meaning="money at the processor, or between a bank and us",
    ),
    _kind(
        1110,
        "in_transit",
        A,
        limited=True,
        owner="gateway",
        meaning="from the processor to our bank",
    ),
    _kind(
        1120,
        "cash_with_courier",
        A,
        limited=True,
        owner="courier",
        meaning="collected at doors, not handed over",
    ),
    _kind(1200, "bank", A, limited=False, owner="", meaning="our bank account"),
    _kind(
        1300, "loan_principal", A, limited=True, owner="loan", meaning="a shopper owes us principal"
    ),
    _kind(
        1310, "loan_interest", A, limited=True, owner="loan", meaning="a shopper owes us interest"
    ),
    _kind(1320, "loan_fee", A, limited=True, owner="loan", meaning="a shopper owes us late fees"),
    _kind(
        1330,
        "due_at_door",
        A,
        limited=True,
        owner="order",
        meaning="a shopper will pay the courier",
    ),
    _kind(
        1400,
        "advance_principal",
        A,
        limited=True,
        owner="advance",
        meaning="a seller owes us principal",
    ),
    _kind(
        1410,
        "advance_fee",
        A,
        limited=True,
        owner="advance",
        meaning="a seller owes us a fee or interest",
    ),
    _kind(
        1420,
        "accrued_interest",
        A,
        limited=False,
        owner="book",
        meaning="interest of loans to the day, not yet on their own accounts",
    ),
    _kind(
        1500,
        "seller_receivable",
        A,
        limited=True,
        owner="seller",
        meaning="a seller owes us a refund",
    ),
    _kind(
        1510,
        "disputed_funds",
        A,
        limited=True,
        owner="dispute",
        meaning="taken by the processor, open",
    ),
    _kind(
        1600,
        "loss_allowance",
        A,
        limited=True,
        owner="book",
        side=Side.CREDIT,
        meaning="expected losses",
    ),
    _kind(1900, "suspense", A, limited=False, owner="", meaning="unmatched; zero at close"),
    _kind(2100, "escrow", L, limited=True, owner="order", meaning="paid, receipt not confirmed"),
    _kind(2110, "seller_payable", L, limited=True, owner="seller", meaning="a seller may have it"),
    _kind(
        2120, "seller_reserve", L, limited=True, owner="seller", meaning="withheld against disputes"
    ),
    _kind(
        2130, "payout_in_flight", L, limited=True, owner="payout", meaning="on its way to a seller"
    ),
    _kind(2200, "wallet", L, limited=True, owner="person", meaning="a person's balance with us"),
    _kind(2210, "refund_payable", L, limited=True, owner="refund", meaning="promised to a shopper"),
    _kind(2300, "partner_payable", L, limited=True, owner="partner:loan", meaning="a bank's money"),
    _kind(2310, "partner_interest", L, limited=True, owner="partner:loan", meaning="its interest"),
    _kind(
        2320,
        "partner_due",
        L,
        limited=False,
        owner="partner:loan",
        meaning="collected for a funding bank, not transferred; below zero it owes us",
    ),
    _kind(
        2400,
        "tax_payable",
        L,
        limited=False,
        busy=True,
        owner="jurisdiction",
        meaning="tax collected",
    ),
    _kind(2500, "unearned_fee", L, limited=True, owner="advance", meaning="a fee not earned yet"),
    _kind(3100, "capital", Q, limited=False, owner="", meaning="what the owners paid in"),
    _kind(3900, "retained", Q, limited=False, owner="", meaning="earnings kept"),
    _kind(
        4100,
        "commission",
        I,
        limited=False,
        busy=True,
        owner="shard",
        meaning="the mall's share of sales",
    ),
    _kind(
        4200,
        "loan_interest_income",
        I,
        limited=False,
        busy=True,
        owner="shard",
        meaning="interest earned from shoppers",
    ),
    _kind(
        4210, "late_fee_income", I, limited=False, busy=True, owner="", meaning="late fees earned"
    ),
    _kind(
        4300,
        "advance_fee_income",
        I,
        limited=False,
        busy=True,
        owner="shard",
        meaning="fees earned from sellers",
    ),
    _kind(4900, "recovery", I, limited=False, owner="", meaning="paid after charge-off"),
    _kind(4910, "other_income", I, limited=False, owner="", meaning="came too much, of nobody"),
    _kind(
        5100,
        "gateway_fee",
        X,
        limited=False,
        busy=True,
        owner="",
        meaning="what the processor keeps",
    ),
    _kind(5200, "dispute_loss", X, limited=False, owner="", meaning="lost disputes"),
    _kind(5210, "dispute_fee", X, limited=False, owner="", meaning="charged for a dispute"),
    _kind(
        5300,
        "credit_loss",
        X,
        limited=False,
        owner="",
        meaning="expected and realized credit losses",
    ),
    _kind(5400, "promotion", X, limited=False, owner="", meaning="given by the mall to please"),
    _kind(
        5500,
        "funding_cost",
        X,
        limited=False,
        busy=True,
        owner="",
        meaning="funding banks' share of interest and fees",
    ),
    _kind(5900, "rounding", X, limited=False, owner="", meaning="rounding differences"),
    _kind(8000, "fx", Q, limited=False, owner="", meaning="both legs of an exchange"),
)

BY_NAME: dict[str, Kind] = {kind.name: kind for kind in CHART}
_BY_CODE: dict[int, Kind] = {kind.code: kind for kind in CHART}


def account(name: str, owner: str | int = "") -> Account:
    """The account of this kind that belongs to `owner`, e.g. `account("escrow", order.number)`."""
    kind = BY_NAME[name]
    if bool(kind.owner) != (owner != ""):
        raise ValueError(f"{name} {'needs' if kind.owner else 'has no'} owner")
    return Account(kind, str(owner))


def at(path: str) -> Account:
    """The account written as `2100:escrow:O-7K2M9Q4FA`; raises UnknownAccount."""
    code, _, rest = path.partition(":")
    name, _, owner = rest.partition(":")
    kind = _BY_CODE.get(int(code)) if code.isdigit() else None
    if kind is None or kind.name != name or bool(kind.owner) != bool(owner):
        raise UnknownAccount(path=path)
    return Account(kind, owner)


def shard(key: str, shards: int = 8) -> str:
    """Which of `shards` accounts a busy income or clearing line goes to; stable for one key."""
    return str(sum(key.encode()) % shards)
