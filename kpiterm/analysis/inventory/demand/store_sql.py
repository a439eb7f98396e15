"""The SELECTs by which the store's rows become daily series. $1 is the moment, as naive UTC."""

from __future__ import annotations

from kpiterm.analysis.kpi.relations import business_day

LONGEST = 1100  # days: older ones teach nothing of the days to come
CARRIED = 7  # days for which a reading without stock is believed, unless a later one says otherwise
SOLD_OUT = 0.6  # of a day's readings with stock, under which its sales say little of demand

_COUNTS = f"""coalesce(status, '') <> 'cancelled' AND coalesce(sku, '') <> '' AND channel IS NOT NULL AND quantity > 0
        AND business_day BETWEEN CAST($1 AS DATE) - {LONGEST} AND CAST($1 AS DATE) + 1"""
_NAMED = "coalesce(sku, '') <> '' AND channel IS NOT NULL AND channel <> 'non-amazon'"
_TODAY = business_day("CAST($1 AS TIMESTAMP)")

# Multi-channel orders (channel non-amazon) draw on the stock of the account's own channel and count there, unless an
# account of the shop that took them has the same orders as its own.
SERIES = f"""WITH own AS (
    SELECT account, channel, sku, sum(quantity) AS units, sum(item_price) / nullif(sum(quantity), 0) AS price,
        min(business_day) AS day
    FROM order_line WHERE {_COUNTS} AND channel <> 'non-amazon' GROUP BY ALL
),
home AS (SELECT account, sku, arg_max(channel, (units, channel)) AS channel FROM own GROUP BY ALL),
main AS (
    SELECT account, arg_max(channel, (units, channel)) AS channel
    FROM (SELECT account, channel, sum(units) AS units FROM own GROUP BY ALL) GROUP BY ALL
),
shipped AS (
    SELECT m.account, m.sku, coalesce(any_value(home.channel), any_value(main.channel)) AS channel, min(m.day) AS day
    FROM (SELECT account, sku, min(business_day) AS day FROM order_line
        WHERE {_COUNTS} AND channel = 'non-amazon' GROUP BY ALL) AS m
    JOIN main ON main.account = m.account
    LEFT JOIN home ON home.account = m.account AND home.sku = m.sku
    WHERE NOT EXISTS (SELECT 1 FROM own WHERE own.sku = m.sku AND own.account <> m.account)
    GROUP BY m.account, m.sku
),
listed AS (
    SELECT account, channel, sku, arg_max(price, loaded_at) AS price, arg_max(parent_id, loaded_at) AS parent,
        arg_max(category, loaded_at) AS category, min(listed_at) AS moment
    FROM listing WHERE {_NAMED} GROUP BY ALL
),
stocked AS (SELECT account, channel, sku, min(taken_at) AS moment FROM stock_level WHERE {_NAMED} GROUP BY ALL),
source AS (
    SELECT account, channel, source, min(business_day) AS first, max(business_day) AS last
    FROM order_line WHERE {_COUNTS} AND channel <> 'non-amazon' GROUP BY ALL
),
synced AS (
    SELECT source.account, source.channel, source.source, max(watermark) AS moment
    FROM source JOIN watermark ON watermark.account = source.account AND source.source LIKE '%.' || watermark.stream
    GROUP BY ALL
),
through AS (
    SELECT account, channel, min(first) AS first, max(coalesce({business_day("moment")} - 1, last)) AS last
    FROM source LEFT JOIN synced USING (account, channel, source) GROUP BY ALL
),
keys AS (
    SELECT account, channel, sku FROM own UNION SELECT account, channel, sku FROM shipped
    UNION SELECT account, channel, sku FROM listed UNION SELECT account, channel, sku FROM stocked
)
SELECT account, channel, sku, coalesce(parent, '') AS parent, coalesce(category, '') AS category,
    coalesce(CAST(coalesce(listed.price, own.price) AS DOUBLE), 'nan') AS price, shipped.sku IS NOT NULL AS shipped,
    coalesce(least(through.last, {_TODAY} - 1), {_TODAY} - 1) - DATE '1970-01-01' AS last,
    greatest(
        coalesce(least({business_day("listed.moment")}, own.day, shipped.day), {business_day("stocked.moment")},
            {_TODAY} - 1),
        through.first, CAST($1 AS DATE) - {LONGEST}
    ) - DATE '1970-01-01' AS first
FROM keys LEFT JOIN own USING (account, channel, sku) LEFT JOIN shipped USING (account, channel, sku)
LEFT JOIN listed USING (account, channel, sku) LEFT JOIN stocked USING (account, channel, sku)
LEFT JOIN through USING (account, channel)
ORDER BY account, channel, sku"""

# One text with all names and not a list: the client looks for optional modules at every item of a list.
SEPARATOR = "\x1f"
_LISTS = (("$2", "account"), ("$3", "channel"), ("$4", "sku"), ("$5", "spoken"))
_WANTED = f"""WITH wanted AS (
    SELECT account, channel, sku, CAST(spoken AS BIGINT) AS place
    FROM (SELECT {", ".join(f"unnest(string_split({n}, chr(31))) AS {name}" for n, name in _LISTS)})
)"""

UNITS = f"""{_WANTED}
SELECT place, business_day - DATE '1970-01-01' AS day, CAST(sum(quantity) AS DOUBLE) AS units
FROM order_line JOIN wanted USING (account, channel, sku) WHERE {_COUNTS} GROUP BY place, business_day"""

# A place with any stock is enough; several readings of a day say for how much of it there was some.
OUT = f"""{_WANTED},
reading AS (
    SELECT place, day, avg(CASE WHEN available > 0 THEN 1.0 ELSE 0.0 END) AS share
    FROM (
        SELECT place, source, location, available, {business_day("taken_at")} AS day
        FROM stock_level JOIN wanted USING (account, channel, sku)
        WHERE available IS NOT NULL AND taken_at >= CAST($1 AS DATE) - {LONGEST + 1}
    ) GROUP BY place, source, location, day
),
daily AS (SELECT place, day, max(share) AS share FROM reading GROUP BY place, day),
followed AS (
    SELECT *, lead(day) OVER later AS next_day, lead(share) OVER later AS next_share
    FROM daily WINDOW later AS (PARTITION BY place ORDER BY day)
)
SELECT place, day - DATE '1970-01-01' AS first,
    CASE WHEN coalesce(next_share < {SOLD_OUT}, true)
        THEN least(coalesce(next_day - 1, day + {CARRIED}), day + {CARRIED}) ELSE day END - DATE '1970-01-01' AS last
FROM followed WHERE share < {SOLD_OUT}"""

RECENT = f"""SELECT account, channel, sku, CAST(sum(quantity) AS DOUBLE) AS units FROM order_line
WHERE {_COUNTS} AND channel <> 'non-amazon' AND business_day > CAST($1 AS DATE) - 62 GROUP BY ALL"""
