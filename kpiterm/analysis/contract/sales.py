"""Net sales of a month from order and refund lines: which count, how many there are, and what they were read from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import cast

from kpiterm.analysis.contract.amounts import digits
from kpiterm.analysis.contract.model import Commission
from kpiterm.analysis.kpi.relations import business_day
from kpiterm.analysis.reader import Reader

Days = tuple[date, date]

# The text of a row holds what the marketplace said, and not when it was stored: what is read again unchanged counts as
# the same evidence.
_SOLD = """SELECT account, channel, source, order_id, line_key, sku, business_day, payload,
        coalesce(currency, {currency}) AS currency, {amount} AS amount,
        concat_ws('|', account, channel, order_id, line_key, business_day, coalesce(status, ''), coalesce(sku, ''),
            coalesce(CAST(quantity AS VARCHAR), ''), coalesce(CAST(item_price AS VARCHAR), ''),
            coalesce(CAST(discount AS VARCHAR), ''), coalesce(CAST(shipping AS VARCHAR), ''),
            coalesce(CAST(tax AS VARCHAR), ''), coalesce(currency, '')) AS content
    FROM order_line
    WHERE ({days}) AND coalesce(status, '') <> 'cancelled' AND channel IS NOT NULL AND channel <> 'non-amazon'{scope}"""
# An order's refunds count once, whatever its number of lines; those of its excluded SKUs do not.
_REFUNDED = """SELECT r.account, o.channel, r.source, r.payload, coalesce(r.currency, {currency}) AS currency,
        -r.amount AS amount,
        concat_ws('|', r.account, o.channel, r.order_id, coalesce(r.line_key, ''), coalesce(r.sku, ''), r.refunded_at,
            coalesce(CAST(r.amount AS VARCHAR), ''), coalesce(r.currency, '')) AS content
    FROM (SELECT *, {refunded} AS day FROM refund_line) AS r
    JOIN (SELECT account, order_id, min(channel) AS channel, max(business_day) AS ordered FROM sold GROUP BY ALL) AS o
        ON o.account = r.account AND o.order_id = r.order_id
    WHERE r.day <= DATE '{known}' AND (r.day <= DATE '{month_end}' OR r.day <= o.ordered + {window}){scope}"""
_ALL = """WITH sold AS ({sold}),
lines AS (
    SELECT account, channel, currency, payload, amount, content, 'sold' AS kind FROM sold{refunded}
)
SELECT channel, currency, sum(amount), count(*) FILTER (WHERE kind = 'sold'), count(*) FILTER (WHERE kind = 'refunded'),
    count(*) FILTER (WHERE amount IS NULL), sha256(string_agg(kind || '|' || content, chr(10) ORDER BY kind, content)),
    list_sort(list_distinct(list(payload)))
FROM lines GROUP BY channel, currency ORDER BY channel, currency"""


def net_sales(
    reader: Reader, terms: Commission, days: Iterable[Days], *, currency: str, month_end: date, known: date
) -> list[dict[str, object]]:
    """What was ordered on `days` (first and last of each stretch), by channel and currency, in the shape of the values.

    Refunds of these orders count that were granted by the day `known`: up to the end of the month, and after it within
    the refund window. GMV counts item prices before discounts and refunds. Lines without a price add nothing and are
    counted as `without_amount`.
    """
    rows = reader.rows(_sql(terms, list(days), currency, month_end, known))
    return [_amount(row) for row in rows]


def _amount(row: Sequence[object]) -> dict[str, object]:
    channel, currency, amount, sold, refunded, unpriced, digest, payloads = row
    return {
        "channel": channel,
        "currency": currency,
        "amount": digits(cast("Decimal | None", amount) or Decimal(0)),
        "rows": cast("int", sold) + cast("int", refunded),
        "order_lines": sold,
        "refund_lines": refunded,
        "without_amount": unpriced,
        "evidence": [f"sha256:{digest}", *(f"sha256:{p}" for p in cast("list[str | None]", payloads) if p)],
    }


def _sql(terms: Commission, days: Sequence[Days], currency: str, month_end: date, known: date) -> str:
    own = _text(currency)
    sold = _SOLD.format(
        currency=own,
        amount=_counted(terms),
        days=" OR ".join(f"business_day BETWEEN DATE '{a}' AND DATE '{b}'" for a, b in days) or "false",
        scope=_without(terms.exclude.skus, "sku"),
    )
    if terms.base == "gmv":
        return _ALL.format(sold=sold, refunded="")
    refunded = _REFUNDED.format(
        currency=own,
        refunded=business_day("refunded_at"),
        known=known,
        month_end=month_end,
        window=terms.refund_window_days,
        scope=_without(terms.exclude.skus, "r.sku"),
    )
    lines = f"\n    UNION ALL SELECT account, channel, currency, payload, amount, content, 'refunded' FROM ({refunded})"
    return _ALL.format(sold=sold, refunded=lines)


def _counted(terms: Commission) -> str:
    parts = ["item_price"] if terms.base == "gmv" else ["item_price - coalesce(discount, 0)"]
    return " + ".join(
        [*parts, *(f"coalesce({kind}, 0)" for kind in ("tax", "shipping") if kind not in terms.exclude.kinds)]
    )


def _without(skus: Sequence[str], column: str) -> str:
    return f" AND coalesce({column}, '') NOT IN ({', '.join(map(_text, skus))})" if skus else ""


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
