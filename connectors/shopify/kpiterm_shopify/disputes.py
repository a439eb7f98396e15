"""Shopify Payments: how many payments buyers dispute, by the day on which they did. The money is in the payouts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from kpiterm.plugins import Context, Payload, Row, Stream, Window
from kpiterm_shopify.admin import Admin
from kpiterm_shopify.pages import pages
from kpiterm_shopify.queries import load
from kpiterm_shopify.search import within

# An inquiry is a bank's question before any money is taken back; it may become a chargeback.
METRICS = {"CHARGEBACK": "chargebacks", "INQUIRY": "dispute_inquiries"}
_PATH = ("shopifyPaymentsAccount", "disputes")


class _Dispute(msgspec.Struct, rename="camel"):
    type: str
    initiated_at: datetime


def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """A row for each day and kind, 0 where there were none; nothing where the shop does not use Shopify Payments."""
    search, zone, answered = within("initiated_at", window.start, window.end), ZoneInfo(ctx.tz), False
    counted: Counter[tuple[date, str]] = Counter()
    for page in pages(Admin(ctx), load("disputes"), _Dispute, _PATH, {"search": search}):
        answered = True
        yield Payload(body=page.answer.body, format="json", request=f"disputes {window} page {page.number}")
        counted.update((dispute.initiated_at.astimezone(zone).date(), dispute.type) for dispute in page.nodes)
    if not answered:
        ctx.log("the shop does not use Shopify Payments: there are no disputes to read")
        return
    for day in window.days(ctx.tz):
        for type_, metric in METRICS.items():
            yield Row("health_metric", _values(day, metric, counted[day, type_]))


def _values(day: date, metric: str, count: int) -> dict[str, object]:
    """Shopify states no rate and no standard of its own, so there is only the number."""
    return {
        "day": day, "metric": metric, "segment": "all", "period_start": day, "period_end": day, "numerator": count,
        "state": "none",
    }  # fmt: skip


STREAM = Stream(
    name="disputes",
    title="Chargebacks and inquiries (Shopify Payments)",
    fetch=fetch,
    by_day=True,
    lookback=timedelta(days=3),
    history=timedelta(days=400),
    max_window=timedelta(days=100),
    every=timedelta(hours=6),
    settles=timedelta(days=2),
)
