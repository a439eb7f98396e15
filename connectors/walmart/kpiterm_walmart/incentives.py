"""The seller's Pro Seller tier and how each of its criteria stands; Walmart judges on the 5th and 20th of a month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from kpiterm.plugins import Context, DataError, Payload, Row, Stream, Window
from kpiterm_walmart.faults import said
from kpiterm_walmart.places import url

INCENTIVES = "/v3/insights/sellerIncentives"
NO_DATA = (204, 404)
TIERS = {"rising": 1, "advanced": 2, "pro seller": 3}
_COUNTS = {"orders": "pro_seller_orders", "activeDays": "pro_seller_active_days"}
_RATES = {
    "onTimeDeliveryRate": "pro_seller_on_time_delivery_rate",
    "cancellationRate": "pro_seller_cancellation_rate",
    "sellerResponseRate": "pro_seller_response_rate",
    "shippingScore": "pro_seller_shipping_score",
    "contentScore": "pro_seller_content_score",
    "priceMbScore": "pro_seller_price_score",
}
Block = Mapping[str, Any]


def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """Today's standing; the specification has the answer flat, its example wrapped in a payload."""
    day = (window.end - timedelta(microseconds=1)).astimezone(ZoneInfo(ctx.tz)).date()
    response = ctx.http.get(url(INCENTIVES), extensions={"accept": NO_DATA})
    if response.status_code in NO_DATA:
        ctx.log("Walmart has no Pro Seller standing for this account")
        return
    try:
        answer = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode(response.content)
    except msgspec.DecodeError:
        answer = {}
    block = answer.get("payload", answer)
    if not isinstance(block, Mapping) or "currentTier" not in block:
        raise DataError(
            f"GET {INCENTIVES} names no tier; Walmart says: {said(response.content) or 'nothing'}",
            hint="nothing was stored; the next sync asks again",
        )
    yield Payload(body=response.content, format="json", request=f"GET {INCENTIVES}")
    yield from rows(block, day)


def rows(block: Block, day: date) -> Iterator[Row]:
    """The tier (1 Rising, 2 Advanced, 3 Pro Seller, of 3) and each criterion, at risk where it would cost the tier."""
    current, eligible = _tier(block.get("currentTier")), _tier(block.get("eligibleTier"))
    yield _row(day, "pro_seller_tier", _state(eligible, current), numerator=current, denominator=max(TIERS.values()))
    values, tiers = block.get("criteriaMetadata") or {}, block.get("criteriaTier") or {}
    for key, metric in _COUNTS.items():
        if values.get(key) is not None:
            yield _row(day, metric, _state(_tier(tiers.get(key)), current), numerator=int(values[key]))
    for key, metric in _RATES.items():
        if values.get(key) is not None:
            rate = Decimal(str(values[key])).scaleb(-2)
            yield _row(day, metric, _state(_tier(tiers.get(key)), current), rate=rate)


def _row(day: date, metric: str, state: str, **values: object) -> Row:
    return Row("health_metric", {"day": day, "metric": metric, "segment": "all", "state": state, **values})


def _tier(name: object) -> int | None:
    return TIERS.get(str(name).strip().lower())


def _state(reached: int | None, current: int | None) -> str:
    if reached is None or current is None:
        return "none"
    return "good" if reached >= current else "at_risk"


STREAM = Stream(
    name="pro-seller",
    title="Pro Seller tier",
    fetch=fetch,
    history=timedelta(days=1),
    max_window=timedelta(days=3650),
    every=timedelta(hours=20),
    snapshot=True,
)
