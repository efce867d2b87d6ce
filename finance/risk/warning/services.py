"""Every night: which shops are warned, and what ends."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy import select

from core import clock, messages
from core.db import among, db
from finance.capital.exposure_models import SellerExposure
from finance.capital.ladder import of as ladder_of
from finance.capital.models import ACTIVE, CHARGED_OFF, Advance
from finance.capital.queries import days_late
from finance.capital.terms import SALES_SHARE
from finance.contracts import consents
from finance.risk import said
from finance.risk.fraud import graph
from finance.risk.fraud.evidence import Mall
from finance.risk.warning import rules
from finance.risk.warning.models import EarlyWarning
from finance.risk.warning.rules import Minimum, Signs
from mall import facts
from mall.facts import signs, traces


def look(on: date) -> int:
    """Warn every shop that has asked for capital, and end what is over; how many began tonight.

    The same day twice changes nothing. Runs inside the lender's day's own use case.
    """
    asked = set(db.session.scalars(select(SellerExposure.seller_id)))
    asked -= consents.refused("seller", asked)
    if not asked:
        return 0
    as_of, began, running = clock.start_of(on), 0, _running(asked)
    for seller_id, found in signs_of(sorted(asked), on, as_of).items():
        began += _keep(seller_id, rules.warnings_of(found), running.get(seller_id, {}), on)
    return began


def _running(ids: Collection[int]) -> dict[int, dict[str, EarlyWarning]]:
    """The open warnings of these shops by their codes, locked."""
    query = (
        select(EarlyWarning)
        .where(among(EarlyWarning.seller_id, ids), EarlyWarning.ended_on.is_(None))
        .order_by(EarlyWarning.id)
        .with_for_update()
    )
    found: dict[int, dict[str, EarlyWarning]] = defaultdict(dict)
    for warning in db.session.scalars(query):
        found[warning.seller_id][warning.code] = warning
    return found


def signs_of(ids: Sequence[int], on: date, as_of: datetime) -> dict[int, Signs]:
    """What is known of these shops, by a few queries for all of them."""
    currency = current_app.config["MALL_CURRENCY"]
    weeks, course = signs.weekly_net(ids, as_of), signs.course(ids, as_of)
    disputes, stock = signs.disputes(ids, as_of), signs.days_since_stock(ids, as_of)
    absent, account = signs.days_absent(ids, as_of), signs.days_since_account(ids, as_of)
    lost, failed, due = signs.lost_buyers(ids, as_of), _failed(on), _minimums(ids)
    return {
        id: Signs(
            on=on,
            currency=currency,
            weeks=weeks.get(id, (0,) * signs.WEEKS),
            stock_days=stock.get(id),
            absent_days=absent.get(id),
            account_days=account.get(id),
            disputes_28=disputes.get(id, (0, 0))[0],
            disputes_90=disputes.get(id, (0, 0))[1],
            failed=failed.get(id, 0),
            top_lost=lost.get(id),
            minimum=due.get(id),
            **course.get(id, {}),  # type: ignore[arg-type]
        )
        for id in ids
    }


def _failed(on: date) -> dict[int, int]:
    """By shop: how many others of the same hand are in default or were charged off in a year."""
    year = on - timedelta(365)
    query = select(Advance).where(Advance.state.in_((ACTIVE, CHARGED_OFF)))
    bad = {
        a.seller_id
        for a in db.session.scalars(
            query.where(Advance.late_since.is_not(None) | (Advance.lost > 0))
        )
        if (a.state == CHARGED_OFF and (a.closed_on or on) >= year)
        or (a.state == ACTIVE and days_late(a, on) >= ladder_of(a).default_days)
    }
    if len(bad) < 2:
        return {}
    family = graph.families(Mall(at=0, sales=(), shops=traces.shops()))
    return {
        id: sum(1 for other in bad if other != id and family.get(other) == root)
        for id, root in family.items()
    }


def _minimums(ids: Sequence[int]) -> dict[int, Minimum]:
    """The next minimum of each running sales share."""
    query = select(Advance).where(
        among(Advance.seller_id, ids), Advance.state == ACTIVE, Advance.product == SALES_SHARE
    )
    found = {}
    for advance in db.session.scalars(query):
        if advance.minimums_met < len(advance.minimums):
            end, least = advance.minimums[advance.minimums_met]
            found[advance.seller_id] = Minimum(
                number=advance.number,
                ends_on=date.fromisoformat(end),
                least=int(least),
                repaid=advance.repaid.minor,
                share_ppm=advance.share_ppm,
            )
    return found


def _keep(
    seller_id: int, found: Sequence[rules.Warning], open_now: dict[str, EarlyWarning], on: date
) -> int:
    """Begin, go on with, or end the shop's warnings."""
    began = 0
    for warning in found:
        row = open_now.pop(warning.code, None)
        if row is None:
            _begin(seller_id, warning, on)
            began += 1
        elif row.last_on < on:
            row.last_on = on
            row.reason, row.act, row.link = warning.reason[:240], warning.act, warning.link
    for over in open_now.values():
        if over.began_on <= on:  # a night caught up late ends nothing that began after it
            over.ended_on = on
    return began


def _begin(seller_id: int, warning: rules.Warning, on: date) -> None:
    row = EarlyWarning(
        seller_id=seller_id,
        code=warning.code,
        began_on=on,
        last_on=on,
        reason=warning.reason[:240],
        act=warning.act,
        link=warning.link,
    )
    db.session.add(row)
    db.session.flush()
    messages.send(
        facts.seller(seller_id).owner_id,
        "early_warning",
        key=f"warning:{row.id}",
        link=warning.link,
        name=rules.name_of(warning.code),
        reason=warning.reason,
        act=warning.act,
        chinese={
            "name": said.sentence(rules.name_of(warning.code), "zh"),
            "reason": said.sentence(warning.reason, "zh"),
            "act": said.sentence(warning.act, "zh"),
        },
        percent=rules.kept_ppm([warning.code]) // 10_000,
    )
