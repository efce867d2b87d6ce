"""The figures of every product as a table of `docs/products.md`."""

from collections.abc import Callable

from finance.products.installments import GRADE, Installments
from finance.products.line import FORMULA, Line
from finance.products.shelf import LINES, SHELVES

_BEGIN, _END = (
    "<!-- products: flask finance products --write docs/products.md -->",
    "<!-- /products -->",
)


def renewed(page: str) -> str:
    """The page with its tables written anew, between its two marks."""
    head, _, rest = page.partition(_BEGIN)
    _, _, tail = rest.partition(_END)
    return f"{head}{_BEGIN}\n{as_markdown()}\n{_END}{tail}"


def as_markdown() -> str:
    """Products of China in yuan, then what the other countries' rules change."""
    shelf = SHELVES["CN"]
    rows = [[name, *(say(each) for each in shelf)] for name, say in _ROWS.items()]
    head = ["China, yuan", *(each.name for each in shelf)]
    rules = [[regime, *_differs(found[-1])] for regime, found in SHELVES.items()]
    lines = [[regime, *_line(LINES.get(regime))] for regime in SHELVES]
    tables = [
        _table(head, rows),
        _table(["rules", "days to withdraw", "APR at most", "age", "price of installments"], rules),
        _table(
            ["mall_credit", "limit by grade", "least line", "a day", "due after", "least"], lines
        ),
    ]
    return "\n\n".join(tables)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _differs(product: Installments) -> list[str]:
    days = str(product.withdraw_days or "no such right")
    return [days, _percent(product.apr_cap_ppm), str(product.age_min), _price(product)]


def _line(line: Line | None) -> list[str]:
    if line is None:
        return ["not sold", "—", "—", "—", "—"]
    least = (
        f"{_percent(line.least_ppm)} of what is left of each purchase, {_yuan(line.least)} of it"
    )
    return [
        _limits(line.rules),
        _yuan(line.limit_min),
        _a_day(line),
        f"{line.pay_days} days",
        f"{least}, and the interest",
    ]


def _a_day(line: Line) -> str:
    if line.pricing != FORMULA:
        return _percent(line.daily_ppm)
    grades = [grade for grade, limit in line.rules.limits.items() if limit]
    found = [line.priced(grade).daily_ppm for grade in (grades[0], grades[-1])]
    least, most = (f"{ppm // 10_000}.{ppm % 10_000:04d} %" for ppm in found)
    return f"by grade: {least} to {most}"


def _yuan(minor: int) -> str:
    return f"{minor // 100:,}"


def _percent(ppm: int) -> str:
    return f"{ppm // 10_000}.{ppm % 10_000 // 100:02d} %"


def _limits(product: Installments) -> str:
    return ", ".join(f"{grade} {_yuan(limit)}" for grade, limit in product.limits.items())


def _dates(product: Installments) -> str:
    if product.every == "month":
        return f"each month, the first a month after {product.starts_at}"
    first = f"{product.first} days after" if product.first else "at"
    last = f", at the latest {product.latest + product.first} days after the order"
    rest = f", then every {product.step} days" if len(product.terms) and product.step > 1 else ""
    return f"{first} {product.starts_at}{rest}{last if product.latest else ''}"


def _price(product: Installments) -> str:
    if product.pricing == GRADE:
        rates = (_percent(product.price.apr_ppm(grade, 12)) for grade in ("A", "D"))
        return f"by grade: {' to '.join(rates)} a year over 12 months"
    if product.pricing != "flat":
        return "nothing"
    return f"{_percent(product.monthly_fee_ppm)} of the price a month"


def _late(product: Installments) -> str:
    late = product.late
    return (
        f"grace {late.grace_days} days; after {late.fee_after_days} days {_yuan(late.fee)} or "
        f"{_percent(late.fee_daily_ppm)} a day, at most {_percent(late.fee_share_ppm)} of the order "
        f"and {_yuan(late.fee_month_max)} a person and month; default {late.default_days}, "
        f"charge-off {late.charge_off_days} days"
    )


_ROWS: dict[str, Callable[[Installments], str]] = {
    "parts": lambda p: ", ".join(str(n) for n in p.terms),
    "due": _dates,
    "amount": lambda p: f"{_yuan(p.amount_min)} to {_yuan(p.amount_max)}",
    "longest term from": lambda p: _yuan(p.long_from) if p.long_term in p.terms else "—",
    "price to the shopper": _price,
    "price to the seller": lambda p: _percent(p.seller_ppm) if p.seller_ppm else "nothing",
    "limit by grade": _limits,
    "finished orders for it": lambda p: str(p.orders_min),
    "needs a saved card": lambda p: "yes" if p.needs_card else "no",
    "late": _late,
}
