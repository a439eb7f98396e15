"""What an onboarding diagnosis reads beside the board: campaigns, stock, and what past months bear out as targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kpiterm.analysis.reader import Reader
    from kpiterm.analysis.view import Gauge, Span

_DAYS, _CAMPAIGNS, _LEAST_MONTHS = 90, 25, 3
# What contracts of this trade are usually measured by, and the usual weights.
_FRAME = {"gmv_mom": "40", "acos": "30", "odr": "20", "response_p90_h": "10"}
_ADS = """
WITH spent AS (
    SELECT channel, ad_product, campaign, currency, sum(spend) AS spend, sum(attributed_sales) AS sales
    FROM ad_day WHERE level = 'campaign' AND day BETWEEN $1 AND $2
    GROUP BY channel, ad_product, campaign, currency HAVING sum(spend) > 0
)
SELECT *, spend / nullif(sum(spend) OVER (PARTITION BY currency), 0) AS share
FROM spent ORDER BY spend DESC, campaign LIMIT $3"""
_STOCK = """
WITH latest AS (
    SELECT channel, account, sku, sum(available) AS available FROM (
        SELECT * FROM stock_level WHERE sku IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY account, channel, sku, location ORDER BY taken_at DESC) = 1
    ) GROUP BY ALL
),
sold AS (
    SELECT account, channel, sku, sum(quantity) FILTER (business_day > $1::DATE - 30) / 30 AS daily,
        sum(quantity) AS units
    FROM order_line WHERE business_day BETWEEN $1::DATE - 89 AND $1::DATE AND status <> 'cancelled' GROUP BY ALL
)
SELECT latest.channel, count(*), count(*) FILTER (available <= 0),
    count(*) FILTER (available > 0 AND available < 28 * daily), count(*) FILTER (available > 180 * daily AND units > 0),
    count(*) FILTER (available > 0 AND coalesce(units, 0) = 0)
FROM latest LEFT JOIN sold USING (account, channel, sku) GROUP BY 1 ORDER BY 1"""


def diagnose(reader: Reader, gauges: Sequence[Gauge], span: Span) -> Mapping[str, object]:
    """`ads`: campaigns of the 90 days up to the period's end; `stock`: SKUs by channel, counted; `frame`: proposals
    from `gauges`, whose history is of months."""
    return {"ads": list(_campaigns(reader, span)), "stock": _stock(reader, span), "frame": list(_frame(gauges))}


def _campaigns(reader: Reader, span: Span) -> Iterator[Mapping[str, object]]:
    first = span.end - timedelta(days=_DAYS - 1)
    for channel, product, name, currency, spend, sales, share in reader.rows(_ADS, [first, span.end, _CAMPAIGNS]):
        yield {
            "channel": channel, "product": product, "name": name, "currency": currency, "spend": f"{spend:.2f}",
            "sales": f"{sales or 0:.2f}", "share": f"{share or 0:.4f}",
        }  # fmt: skip


def _stock(reader: Reader, span: Span) -> Mapping[str, Mapping[str, object]]:
    keys = ("skus", "out", "low", "slow", "idle")
    return {str(channel): dict(zip(keys, counts, strict=True)) for channel, *counts in reader.rows(_STOCK, [span.end])}


def _frame(gauges: Sequence[Gauge]) -> Iterator[Mapping[str, object]]:
    """The KPIs of the usual frame on the shop's own months: worst, middle and best one, and the better third's edge."""
    for kpi, weight in _FRAME.items():
        gauge = next((g for g in gauges if g.id == kpi and g.channel == "all"), None)
        known = sorted(v for v in gauge.history if v is not None) if gauge else []
        if gauge is None or len(known) < _LEAST_MONTHS:
            continue
        ranked = known if gauge.direction == "up" else known[::-1]  # worst first
        yield {
            "id": kpi, "weight": weight, "unit": gauge.unit, "currency": gauge.currency, "months": len(known),
            "worst": _text(ranked[0]), "middle": _text(median(known)), "best": _text(ranked[-1]),
            "op": ">=" if gauge.direction == "up" else "<=", "target": _text(ranked[len(ranked) * 2 // 3]),
        }  # fmt: skip


def _text(value: Decimal) -> str:
    return f"{value:.4f}"
