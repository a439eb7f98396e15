"""The nine seller performance metrics as Walmart states them, with Walmart's own standard; read daily."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import msgspec

from kpiterm.plugins import Context, DataError, Payload, Row, Stream, Window
from kpiterm_walmart.faults import said
from kpiterm_walmart.places import url
from kpiterm_walmart.standards import METRICS, Metric

# No qualifying orders, or a metric that Walmart has removed.
NO_DATA = (204, 404, 410)
_STATES = {
    "GOOD": "good", "MEETS STANDARD": "good",
    "MONITOR": "at_risk",
    "URGENT": "bad",
}  # fmt: skip
Block = Mapping[str, Any]


def fetch(ctx: Context, window: Window) -> Iterator[Payload | Row]:
    """Today's reading of each metric. One without data is kept as a row without a rate, which is no perfect score."""
    day = (window.end - timedelta(microseconds=1)).astimezone(ZoneInfo(ctx.tz)).date()
    for metric in METRICS:
        response = ctx.http.get(
            url(metric.address), params={"reportDuration": str(metric.days)}, extensions={"accept": NO_DATA}
        )
        block = None if response.status_code in NO_DATA else _block(response)
        if block is not None:
            request = f"GET {metric.address} {metric.days} days"
            yield Payload(body=response.content, format="json", request=request)
        yield Row("health_metric", {"day": day, **reading(metric, block or {}, ctx.tz)})


def reading(metric: Metric, block: Block, timezone: str) -> dict[str, object]:
    """One metric's columns. Walmart's rates are percentages; it counts the orders behind a defect, never all orders."""
    target, op = metric.target(_text(block.get("performanceStandard") or block.get("standard")))
    last = _day(block.get("updatedTimestamp"), timezone)
    days = int(block.get("reportDuration") or metric.days)
    rate = block.get(metric.rate)
    risk = _text(block.get("performanceRiskLevel") or block.get("riskLevel")) or ""
    return {
        "metric": metric.name,
        "segment": metric.segment,
        "period_start": last - timedelta(days - 1) if last else None,
        "period_end": last,
        "numerator": None if block.get("ordersImpacted") is None else int(block["ordersImpacted"]),
        "rate": None if rate is None else Decimal(str(rate)).scaleb(-2),
        "target": target,
        "target_op": op,
        "state": _STATES.get(risk.upper(), "none"),
    }


def _block(response: httpx.Response) -> Block | None:
    """The summary; None where Walmart answers 200 and has nothing."""
    if not response.content.strip():
        return None
    try:
        answer = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode(response.content)
    except msgspec.DecodeError:
        answer = {"errors": said(response.content)}
    found = answer.get("payload")
    if isinstance(found, list):
        found = found[0] if found else {}
    if "payload" in answer and not found:
        return None
    if isinstance(found, Mapping):
        return found
    raise DataError(
        f"GET {response.request.url.path} holds no payload; Walmart says: {said(response.content) or 'nothing'}",
        hint="nothing was stored; the next sync asks again",
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _day(text: object, timezone: str) -> date | None:
    """The business day of a moment, with or without an offset (UTC then), as text or in epoch milliseconds."""
    if not text:
        return None
    moment = datetime.fromtimestamp(text / 1000, UTC) if isinstance(text, int) else datetime.fromisoformat(str(text))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(ZoneInfo(timezone)).date()


STREAM = Stream(
    name="performance",
    title="Seller performance",
    fetch=fetch,
    history=timedelta(days=1),
    max_window=timedelta(days=3650),
    every=timedelta(hours=20),
    snapshot=True,
)
