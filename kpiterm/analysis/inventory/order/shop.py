"""What the store says of each SKU besides its demand: stock, what a unit brings and costs, what platforms advise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date
from decimal import Decimal
from typing import cast

from kpiterm.analysis.kpi.relations import business_day
from kpiterm.analysis.reader import Reader

Key = tuple[str, str, str]
"""Account, channel and SKU."""

_FRESH = 14  # days: a reading that much older than the channel's latest one is of a SKU that is no longer there
_RECENT = 90

# The latest reading of each place; the ledger's stock in other countries is not this channel's.
_STOCK = f"""
SELECT account, channel, sku, sum(available), sum(coalesce(inbound, 0)), max(title), max(item_id), max(taken_at),
    sum(coalesce(unfulfillable, 0))
FROM (
    SELECT *, max(taken_at) OVER (PARTITION BY account, channel) AS latest FROM stock_level
    WHERE available IS NOT NULL AND channel IS NOT NULL AND coalesce(sku, '') <> ''
        AND NOT (source LIKE '%.stock-ledger' AND location LIKE '% %')
    QUALIFY row_number() OVER (
        PARTITION BY account, channel, sku, location ORDER BY taken_at DESC, inbound IS NULL, loaded_at DESC
    ) = 1
)
WHERE taken_at > latest - INTERVAL {_FRESH} DAY
GROUP BY ALL"""

_SOLD = f"""
SELECT account, channel, sku, max(title), max(item_id), max(currency), sum(quantity),
    CAST(sum(item_price - coalesce(discount, 0)) AS DECIMAL(38, 4)),
    sum(quantity) FILTER (WHERE item_price IS NOT NULL)
FROM order_line
WHERE business_day BETWEEN CAST($1 AS DATE) - {_RECENT} AND CAST($1 AS DATE) AND coalesce(status, '') <> 'cancelled'
    AND channel <> 'non-amazon'
GROUP BY ALL"""

_FEES = f"""
SELECT account, channel, CAST(-sum(amount) FILTER (WHERE kind = 'fee') AS DECIMAL(38, 4)),
    CAST(sum(amount) FILTER (WHERE kind = 'order') AS DECIMAL(38, 4))
FROM settlement_line
WHERE {business_day("posted_at")} BETWEEN CAST($1 AS DATE) - {_RECENT} AND CAST($1 AS DATE) GROUP BY ALL"""

_COSTS = """
SELECT channel, sku, max_by(unit_cost, (valid_from, coalesce(recorded_at, loaded_at))),
    max_by(currency, (valid_from, coalesce(recorded_at, loaded_at)))
FROM cost WHERE valid_from <= CAST($1 AS DATE) AND unit_cost IS NOT NULL GROUP BY ALL"""

_LISTED = """
SELECT account, channel, sku, max_by(price, loaded_at), max_by(currency, loaded_at), max_by(title, loaded_at),
    max_by(item_id, loaded_at)
FROM listing WHERE price IS NOT NULL AND channel IS NOT NULL GROUP BY ALL"""

_SAID = """
SELECT account, channel, item_id, metric, source, estimate, day, currency FROM market_estimate
WHERE item_id IS NOT NULL AND estimate IS NOT NULL AND day > CAST($1 AS DATE) - 45 AND (
    metric IN ('units_over_180_days', 'aged_inventory_surcharge', 'storage_cost_next_month', 'wfs_surplus_units')
    OR metric LIKE '%restock_units' OR metric LIKE '%suggested_units'
)
QUALIFY row_number() OVER (PARTITION BY account, channel, item_id, metric ORDER BY day DESC, loaded_at DESC) = 1"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What a platform or a tool suggests to send in: `by` whom, and as of which day."""

    by: str
    units: Decimal
    day: date


@dataclass(slots=True, kw_only=True)
class Article:
    """One SKU of one channel. None: the store does not say."""

    title: str | None = None
    item_id: str | None = None
    available: int = 0
    inbound: int = 0
    unfulfillable: int = 0
    counted: date | None = None
    price: Decimal | None = None
    currency: str | None = None
    fee_rate: Decimal | None = None
    unit_cost: Decimal | None = None
    cost_currency: str | None = None
    aged: int | None = None
    surcharge: Decimal | None = None
    storage: Decimal | None = None
    advice: list[Advice] = field(default_factory=list)


def articles(reader: Reader) -> Mapping[Key, Article]:
    """All SKUs that have stock or were sold lately, as known at the reader's moment."""
    moment = reader.as_of.astimezone(UTC).replace(tzinfo=None)
    found: dict[Key, Article] = {}
    for row in reader.rows(_STOCK):
        article = found.setdefault(_key(row), Article())
        article.available, article.inbound = max(0, int(cast("int", row[3]))), int(cast("int", row[4]))
        article.title, article.item_id = cast("str | None", row[5]), cast("str | None", row[6])
        article.counted, article.unfulfillable = cast("date | None", row[7]), int(cast("int", row[8]))
    for row in reader.rows(_LISTED):
        if (listed := found.get(_key(row))) is not None:
            listed.price, listed.currency = cast("Decimal", row[3]), cast("str | None", row[4])
            listed.title = listed.title or cast("str | None", row[5])
            listed.item_id = listed.item_id or cast("str | None", row[6])
    for row in reader.rows(_SOLD, [moment]):
        _sold(found.setdefault(_key(row), Article()), row)
    _fees(reader, found, moment)
    _costs(reader, found, moment)
    _said(reader, found, moment)
    return found


def _key(row: tuple[object, ...]) -> Key:
    return str(row[0]), str(row[1]), str(row[2])


def _sold(article: Article, row: tuple[object, ...]) -> None:
    article.title, article.item_id = article.title or cast("str", row[3]), article.item_id or cast("str", row[4])
    article.currency = cast("str | None", row[5]) or article.currency
    taken, units = cast("Decimal | None", row[7]), cast("int | None", row[8])
    if taken is not None and units:
        article.price = taken / units


def _fees(reader: Reader, found: Mapping[Key, Article], moment: object) -> None:
    """Fees as a share of what orders brought, by account and channel."""
    rates: dict[tuple[str, str], Decimal] = {}
    for account, channel, fees, sales in reader.rows(_FEES, [moment]):
        if fees is not None and sales:
            rates[str(account), str(channel)] = min(cast("Decimal", fees) / cast("Decimal", sales), Decimal("0.9"))
    for (account, channel, _), article in found.items():
        article.fee_rate = rates.get((account, channel))


def _costs(reader: Reader, found: Mapping[Key, Article], moment: object) -> None:
    """The ledger's entry for the channel before the one for all of them."""
    ledger = {
        (cast("str | None", channel), str(sku)): (cast("Decimal", cost), cast("str | None", currency))
        for channel, sku, cost, currency in reader.rows(_COSTS, [moment])
    }
    for (_, channel, sku), article in found.items():
        article.unit_cost, article.cost_currency = ledger.get((channel, sku)) or ledger.get((None, sku)) or (None, None)


def _said(reader: Reader, found: Mapping[Key, Article], moment: object) -> None:
    """Platforms speak of items; where several SKUs are one item, the first with stock has what is said of it."""
    items: dict[tuple[str, str], Article] = {}
    for (_, channel, _), article in sorted(found.items(), key=lambda pair: (-pair[1].available, pair[0])):
        if article.item_id:
            items.setdefault((channel, article.item_id), article)
    for row in reader.rows(_SAID, [moment]):
        if told := items.get((str(row[1]), str(row[2]))):
            _tell(told, str(row[3]), str(row[4]), cast("Decimal", row[5]), cast("date", row[6]))


def _tell(article: Article, metric: str, source: str, estimate: Decimal, day: date) -> None:
    match metric:
        case "units_over_180_days":
            article.aged = int(estimate)
        case "aged_inventory_surcharge":
            article.surcharge = estimate
        case "storage_cost_next_month":
            article.storage = estimate
        case "wfs_surplus_units":
            pass
        case _:
            article.advice.append(Advice(by=source, units=estimate, day=day))
