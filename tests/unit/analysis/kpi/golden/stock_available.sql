WITH period(first_day, last_day) AS (VALUES
    (DATE '2026-10-01', DATE '2026-10-31'),
    (DATE '2026-11-01', DATE '2026-11-21')
),
daily AS (
    SELECT channel, account, source, CAST(NULL AS VARCHAR) AS currency, day AS period_day, location, location AS part,
        sum(available) AS upper,
        CAST(NULL AS DECIMAL(38,4)) AS lower,
        count(*) AS sample,
        count(*) FILTER (WHERE (available) IS NULL) AS missing
    FROM (
    SELECT account, channel, source, sku, item_id, location, day, available, inbound, reserved, unfulfillable
    FROM (SELECT *, business_day(taken_at, channel) AS day FROM stock_level
        WHERE taken_at BETWEEN DATE '2026-09-30' AND DATE '2026-11-23')
    QUALIFY row_number() OVER (
        PARTITION BY account, channel, source, sku, location, day ORDER BY taken_at DESC, loaded_at DESC
    ) = 1
    )
    WHERE day BETWEEN DATE '2026-10-01' AND DATE '2026-11-21'
    GROUP BY ALL
),
single AS (
    SELECT * FROM daily
    QUALIFY dense_rank() OVER (
        PARTITION BY account, channel, period_day, location
        ORDER BY upper IS NULL, source
    ) = 1
),
placed AS (
    SELECT * FROM single JOIN period ON period_day BETWEEN first_day AND last_day
    QUALIFY dense_rank() OVER (PARTITION BY first_day, last_day, channel, account, part ORDER BY period_day DESC) = 1
)
SELECT first_day, last_day, channel, account, source, currency, CAST(NULL AS DATE) AS month,
    sum(upper) AS numerator, sum(lower) AS denominator, sum(sample) AS sample, sum(missing) AS missing
FROM placed
GROUP BY ALL
ORDER BY ALL
