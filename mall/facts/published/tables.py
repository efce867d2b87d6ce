"""What the mall publishes for scoring: the names and columns, the same in every engine.

Only whole numbers and text, so that PostgreSQL, DuckDB and Spark read one SQL text the same way:
days are numbers since 1970 by the mall's business day, instants are seconds since 1970, yes and no
are 1 and 0. Each row is an event that never changes: what becomes of an order are further rows,
so nobody who looks back at a day sees what came after it. No name, address or text of a person.

    happened_day, happened_s   when it was so
    known_day, known_s         when the mall could know it; snapshots are cut by `known_day`
"""

from sqlalchemy import BigInteger, Column, MetaData, Table, Text

PUBLISHED = MetaData()
CLOCKS = ("happened_day", "happened_s", "known_day", "known_s")


def relation(name: str, sentence: str, numbers: str, texts: str = "") -> Table:
    """A published relation: bigint columns, the four clocks, text columns."""
    columns: list[Column[int] | Column[str]] = [
        Column(each, BigInteger) for each in (*numbers.split(), *CLOCKS)
    ]
    columns += [Column(each, Text) for each in texts.split()]
    return Table(name, PUBLISHED, *columns, comment=sentence)


orders = relation(
    "fact_orders",
    "An order was paid. `place` is a number made of the delivery address that cannot be read "
    "back; `hour` (0 to 23) and `weekday` (1 Monday to 7 Sunday) are of the payment; "
    "`ship_by_s` is the promise, `buyer_age_days` the age of the account, `near` 1 when it goes to "
    "the shop's own city (unknown where either says none), `buyer_received` how many orders the "
    "buyer had received from other shops when it was placed.",
    "order_id seller_id buyer_id buyer_age_days total goods shipping on_credit on_card ship_by_s hour "
    "weekday place near buyer_received imported",
    "region",
)
order_events = relation(
    "fact_order_events",
    "What became of a paid order. `kind`: shipped, scanned (first by the carrier), delivered, "
    "settled (received: the seller's money is free), canceled. `cause`: timer or shopper of a "
    "settled one; no_stock, seller, shopper or mall of a canceled one. `lag_s` since payment, "
    "`since_s` since the step before, which was on `begun_day`; `late` 1 when after the promise "
    "(shipped, delivered).",
    "order_id seller_id buyer_id total paid_day begun_day lag_s since_s late imported",
    "kind cause",
)
order_lines = relation(
    "fact_order_lines",
    "A line of a paid order.",
    "line_id order_id seller_id buyer_id category_id variant_id quantity price amount imported",
    "product",
)
settlements = relation(
    "fact_settlements",
    "What a shop's sales come to: `amount` of an order when it settled (`kind` settled), less what "
    "was given back, when both are so (`kind` refunded, below zero).",
    "order_id seller_id buyer_id amount imported",
    "kind",
)
refund_events = relation(
    "fact_refund_events",
    "Money was asked back (asked), or it was decided on (granted, rejected). `amount` stands at "
    "granted ones only, `lag_s` is the time to decide, `begun_day` when it was asked. `fault`: "
    "seller, buyer or mall.",
    "refund_id order_id seller_id buyer_id amount paid_day begun_day lag_s imported",
    "kind cause fault",
)
dispute_events = relation(
    "fact_dispute_events",
    "A card's bank asked money of an order back (opened), and what it came to (won, lost: by the "
    "shop and the mall). `lag_s` since it was opened.",
    "dispute_id order_id seller_id buyer_id amount lag_s",
    "kind",
)
review_events = relation(
    "fact_review_events",
    "A review was written (`lag_s` since receipt) or answered (`lag_s` since it was written). "
    "`chars` is the length of its words, `words` a number that equal words share, `begun_day` "
    "when it was written.",
    "review_id line_id order_id seller_id buyer_id stars chars words begun_day lag_s imported",
    "kind product",
)
question_events = relation(
    "fact_question_events",
    "A shopper asked about a product, or was answered (`lag_s` since the question, which was asked "
    "on `begun_day`).",
    "question_id seller_id buyer_id begun_day lag_s",
    "kind product",
)
favorites = relation(
    "fact_favorites",
    "A shopper likes a product, and still does: a mark that was taken away is not known any more.",
    "seller_id buyer_id",
    "product",
)
listings = relation(
    "fact_listings",
    "A product was made by its shop.",
    "seller_id category_id",
    "product",
)
stock_movements = relation(
    "fact_stock_movements",
    "Units came or went. `cause`: received, sold, returned, counted.",
    "seller_id variant_id change",
    "cause product",
)
goods_events = relation(
    "fact_goods_events",
    "What a shop did to its goods: gave a variant a `price` (priced; `before` is the one it had, "
    "unknown of the first), put a product on the shelf (listed) or took it off (unlisted).",
    "event_id seller_id variant_id price before",
    "kind product",
)
supplies = relation(
    "fact_supplies",
    "The owner of a shop (`seller_id`) paid for an order at another, whose owner is `partner_id`.",
    "supply_id seller_id partner_id amount",
)
payment_tries = relation(
    "fact_payment_tries",
    "A charge of what somebody was to pay was answered: paid or refused. `purpose`: checkout, "
    "loan, wallet, …",
    "try_id buyer_id amount",
    "kind purpose",
)
sellers = relation(
    "fact_sellers",
    "A shop was opened, or sold first by an imported history; `owner_id` is its owner's number as a shopper.",
    "seller_id owner_id imported",
)
seller_events = relation(
    "fact_seller_events",
    "What was found out about a shop: license (its license was verified), account (its payout "
    "account changed; the last change only).",
    "seller_id",
    "kind",
)
buyers = relation(
    "fact_buyers",
    "Someone opened an account, or bought first by an imported history. `verified_level` as it is now, since its changes are not dated: 0 e-mail, 1 phone, 2 identity.",
    "buyer_id verified_level imported",
)
shared_places = relation(
    "fact_shared_places",
    "Somebody else (`other_id`) had parcels sent to a place this shopper sent to as well; known "
    "when both had.",
    "buyer_id other_id place",
)
traces = relation(
    "fact_traces",
    "A shopper signed in or checked out; `device` and `network` are keyed hashes, thrown away after "
    "half a year.",
    "buyer_id",
    "device network",
)
