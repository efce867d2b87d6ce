"""One number for everything that happened: equal worlds have equal digests."""

from hashlib import sha256

from sqlalchemy import text

from core.db import db
from core.use_case import end_read

_CONTENT = {
    "people": "select email, name, role, verified_level, born_year from person order by id",
    "shops": "select name, state, payout_account from seller order by id",
    "goods": "select v.sku, v.price, v.on_hand, v.reserved, p.sold, p.review_count, p.favorite_count"
    " from variant v join product p on p.id = v.product_id order by v.id",
    "orders": "select number, state, total, refunded, paid_with, cast(paid_at as text),"
    " cast(received_at as text) from orders order by id",
    "lines": "select title, label, quantity, amount, returned from order_line order by id",
    "words": "select stars, text, reply from review order by id",
    "refunds": "select number, state, amount, cause from refund order by id",
    "journals": "select idempotency_key, kind, ref, request_hash from ledger_journal order by id",
    "transfers": "select amount, currency, reason, state from ledger_transfer order by journal_id, line",
    "plans": "select number, principal, state, cast(began_on as text) from loan order by id",
}


def content_digest() -> str:
    """SHA-256 over orders, goods, words, plans and every journal, in hex."""
    found = sha256()
    for name, query in _CONTENT.items():
        found.update(name.encode())
        for row in db.session.execute(text(query)):
            found.update(repr(tuple(row)).encode())
    end_read()
    return found.hexdigest()
