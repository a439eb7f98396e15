"""What KPIs read besides the canonical tables: relations that are made of several of them, each a SELECT."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kpiterm.plugins import facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """`sql` gives `columns` (name to type); {early} and {late} in it bound the days that are read. `tables` are what it
    is made of, with the column by which a changed row of each changes the relation's days; a row may change the so many
    days `after` its own. A table without such a column changes them all. `readings` are states and not added up."""

    meaning: str
    columns: Mapping[str, str]
    sql: str
    tables: Mapping[str, str | None]
    after: int = 0
    readings: bool = False

    def between(self, first: date, last: date) -> str:
        """Its SQL, which reads no more of the tables than what the days from `first` to `last` need."""
        early, late = first - timedelta(self.after + 1), last + timedelta(2)
        return self.sql.replace("{early}", f"DATE '{early}'").replace("{late}", f"DATE '{late}'")


_NO_SKU = dict.fromkeys(("account", "channel", "source"), facts.TEXT)
_TEXT = {**_NO_SKU, "sku": facts.TEXT}


def business_day(moment: str, zone: str | None = None) -> str:
    """SQL for the business day of the naive UTC column `moment`: cut in `zone`, else where the channel is at home."""
    if zone:
        return f"CAST(timezone('{zone}', timezone('UTC', {moment})) AS DATE)"
    return f"business_day({moment}, channel)"


_STOCK = f"""SELECT account, channel, source, sku, item_id, location, day, available, inbound, reserved, unfulfillable
    FROM (SELECT *, {business_day("taken_at")} AS day FROM stock_level
        WHERE taken_at BETWEEN {{early}} AND {{late}})
    QUALIFY row_number() OVER (
        PARTITION BY account, channel, source, sku, location, day ORDER BY taken_at DESC, loaded_at DESC
    ) = 1"""


def _costs(keys: str, where: str = "true") -> str:
    """The cost ledger by `keys`, as it was corrected last, with the days that each cost holds for. (ASOF joins, which
    need no last day, took seven times as long: they sort all order lines.)"""
    return f"""(
        SELECT *, coalesce(lead(valid_from) OVER (PARTITION BY {keys} ORDER BY valid_from), DATE 'infinity') AS ended
        FROM (
            SELECT {keys}, valid_from,
                max_by(unit_cost, recorded) AS unit_cost, max_by(currency, recorded) AS currency
            FROM (SELECT *, coalesce(recorded_at, loaded_at) AS recorded FROM cost) WHERE {where} GROUP BY ALL
        ))"""


_COST = f"""SELECT o.account, o.channel, o.source, o.sku, o.status, o.business_day, o.quantity, o.item_price,
        coalesce(own.unit_cost, any_.unit_cost) AS unit_cost,
        coalesce(CASE WHEN own.unit_cost IS NULL THEN any_.currency ELSE own.currency END, o.currency) AS currency
    FROM (SELECT * FROM order_line WHERE business_day BETWEEN {{early}} AND {{late}}) AS o
    LEFT JOIN {_costs("channel, sku", "channel IS NOT NULL")} AS own
        ON o.channel = own.channel AND o.sku = own.sku
            AND o.business_day >= own.valid_from AND o.business_day < own.ended
    LEFT JOIN {_costs("sku")} AS any_
        ON o.sku = any_.sku AND o.business_day >= any_.valid_from AND o.business_day < any_.ended"""

_OUT = f"""SELECT gone.account, gone.channel, gone.source, gone.sku, gone.day,
        CAST(round(sum(sold.units) * 10000 / (30 - any_value(gone.before)), 0) AS DECIMAL(18,4)) / 10000 AS lost_units,
        CAST(round(sum(sold.sales) * 10000 / (30 - any_value(gone.before)), 0) AS DECIMAL(18,4)) / 10000 AS lost_sales,
        sold.currency,
        CAST(row_number() OVER (
            PARTITION BY gone.account, gone.channel, gone.sku, gone.day ORDER BY sold.currency
        ) = 1 AS BIGINT) AS days
    FROM (
        SELECT *, count(*) OVER (
            PARTITION BY account, channel, sku ORDER BY day
            RANGE BETWEEN INTERVAL 30 DAY PRECEDING AND INTERVAL 1 DAY PRECEDING
        ) AS before
        FROM (
            SELECT account, channel, min(source) AS source, sku, day FROM ({_STOCK})
            GROUP BY account, channel, sku, day HAVING sum(available) <= 0
        )
    ) AS gone
    JOIN (
        SELECT channel, sku, business_day AS day, currency, sum(quantity) AS units, sum(item_price) AS sales
        FROM order_line
        WHERE business_day BETWEEN {{early}} AND {{late}} AND coalesce(status, '') <> 'cancelled' AND sku IN (
            SELECT sku FROM stock_level WHERE taken_at BETWEEN {{early}} AND {{late}} AND available <= 0
        )
        GROUP BY ALL
    ) AS sold
        ON sold.channel = gone.channel AND sold.sku = gone.sku AND sold.day BETWEEN gone.day - 30 AND gone.day - 1
    WHERE gone.before < 30
    GROUP BY gone.account, gone.channel, gone.source, gone.sku, gone.day, sold.currency"""

# Only items with an estimate are looked for among the orders, of which there may be millions after every sync.
_MARKET = """SELECT *, coalesce(item_id IN (
        SELECT DISTINCT item_id FROM order_line WHERE item_id IN (SELECT item_id FROM market_estimate)
    ), false) AS own
    FROM market_estimate WHERE day BETWEEN {early} AND {late}"""

RELATIONS: Mapping[str, Relation] = {
    "stock_day": Relation(
        meaning="the last stock reading of a day, by SKU and place",
        columns={
            **_TEXT, "item_id": facts.TEXT, "location": facts.TEXT, "day": facts.DAY,
            **dict.fromkeys(("available", "inbound", "reserved", "unfulfillable"), facts.COUNT),
        },
        sql=_STOCK,
        tables={"stock_level": "taken_at"},
        readings=True,
    ),
    "order_cost": Relation(
        meaning="order lines with the unit cost in force on their day; NULL where the cost ledger has none",
        columns={
            **_TEXT, "status": facts.TEXT, "business_day": facts.DAY, "quantity": facts.COUNT,
            "item_price": facts.MONEY, "unit_cost": facts.MONEY, "currency": facts.TEXT,
        },
        sql=_COST,
        tables={"order_line": "business_day", "cost": None},
    ),
    "market": Relation(
        meaning="third parties' estimates, and whether the item is one that the shop sells",
        columns={
            **_NO_SKU, "item_id": facts.TEXT, "day": facts.DAY, "metric": facts.TEXT, "estimate": facts.MONEY,
            "bound": facts.TEXT, "currency": facts.TEXT, "own": facts.FLAG,
        },
        sql=_MARKET,
        tables={"market_estimate": "day", "order_line": None},
    ),
    "stock_out": Relation(
        meaning="days on which a SKU that sold in the 30 days before had nothing to sell, and what it would have sold: "
        "a row for each currency it sold in, of which one has days = 1 and the others 0",
        columns={
            **_TEXT, "day": facts.DAY, "days": facts.COUNT, "lost_units": facts.MONEY, "lost_sales": facts.MONEY,
            "currency": facts.TEXT,
        },
        sql=_OUT,
        tables={"stock_level": "taken_at", "order_line": "business_day"},
        after=31,
    ),
}  # fmt: skip
