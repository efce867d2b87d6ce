"""Which rows stand behind the journals of payments; SQL for `ledger.causes`."""

from ledger.causes import Cause, Move, cause


def op(kind: str, *states: str, also: str = "", **moves: Move) -> Cause:
    """An operation of this kind, by the journal's parts {number} and {op}, in one of the states."""
    return cause(
        "gateway_op o",
        f"o.id = {{op}}::bigint and o.ref = {{number}} and o.kind = '{kind}'"
        f" and o.state in ({', '.join(map(repr, states))}){also}",
        currency="o.currency",
        **moves,
    )


BACK = ("refused", "failed")
AWAY = ("processing", "succeeded", *BACK)  # also what came back later
SENT_BACK = " and left(o.ref, 2) = 'S-'"  # money of nobody known, to where it came from
PAYMENT = ("payment p", "p.id = {id}::bigint and p.captured_minor > 0")
EXTRA = (
    "gateway_op o join payment p on p.id = o.payment_id",
    "o.id = {op}::bigint and p.id = {id}::bigint and o.kind = 'charge' and o.state = 'succeeded'",
)
LINE = ("bank_line l", "l.id = {line}::bigint")
DISPUTE = ("dispute d join payment p on p.id = d.payment_id", "d.number = {number}")
