WITH period(first_day, last_day) AS (VALUES
    (DATE '2026-10-01', DATE '2026-10-31'),
    (DATE '2026-11-01', DATE '2026-11-21')
),
single AS (
    SELECT channel, account, source, CAST(NULL AS VARCHAR) AS currency, day AS period_day, CAST(NULL AS VARCHAR) AS part,
        sum(days) AS upper,
        CAST(NULL AS DECIMAL(38,4)) AS lower,
        count(*) AS sample,
        count(*) FILTER (WHERE (days) IS NULL) AS missing
    FROM (
    SELECT gone.account, gone.channel, gone.source, gone.sku, gone.day,
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
            SELECT account, channel, min(source) AS source, sku, day FROM (SELECT account, channel, source, sku, item_id, location, day, available, inbound, reserved, unfulfillable
    FROM (SELECT *, business_day(taken_at, channel) AS day FROM stock_level
        WHERE taken_at BETWEEN DATE '2026-08-30' AND DATE '2026-11-23')
    QUALIFY row_number() OVER (
        PARTITION BY account, channel, source, sku, location, day ORDER BY taken_at DESC, loaded_at DESC
    ) = 1)
            GROUP BY account, channel, sku, day HAVING sum(available) <= 0
        )
    ) AS gone
    JOIN (
        SELECT channel, sku, business_day AS day, currency, sum(quantity) AS units, sum(item_price) AS sales
        FROM order_line
        WHERE business_day BETWEEN DATE '2026-08-30' AND DATE '2026-11-23' AND coalesce(status, '') <> 'cancelled' AND sku IN (
            SELECT sku FROM stock_level WHERE taken_at BETWEEN DATE '2026-08-30' AND DATE '2026-11-23' AND available <= 0
        )
        GROUP BY ALL
    ) AS sold
        ON sold.channel = gone.channel AND sold.sku = gone.sku AND sold.day BETWEEN gone.day - 30 AND gone.day - 1
    WHERE gone.before < 30
    GROUP BY gone.account, gone.channel, gone.source, gone.sku, gone.day, sold.currency
    )
    WHERE day BETWEEN DATE '2026-10-01' AND DATE '2026-11-21'
    GROUP BY ALL
),
placed AS (
    SELECT * FROM single JOIN period ON period_day BETWEEN first_day AND last_day
)
SELECT first_day, last_day, channel, account, source, currency, CAST(NULL AS DATE) AS month,
    sum(upper) AS numerator, sum(lower) AS denominator, sum(sample) AS sample, sum(missing) AS missing
FROM placed
GROUP BY ALL
ORDER BY ALL
