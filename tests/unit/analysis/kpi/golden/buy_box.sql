WITH period(first_day, last_day) AS (VALUES
    (DATE '2026-10-01', DATE '2026-10-31'),
    (DATE '2026-11-01', DATE '2026-11-21')
),
daily AS (
    SELECT channel, account, source, CAST(NULL AS VARCHAR) AS currency, day AS period_day, level, CAST(NULL AS VARCHAR) AS part,
        sum((buy_box) * (page_views)) FILTER (WHERE (buy_box) IS NOT NULL AND (page_views) IS NOT NULL) AS upper,
        sum(page_views) FILTER (WHERE (buy_box) IS NOT NULL AND (page_views) IS NOT NULL) AS lower,
        count(*) AS sample,
        count(*) FILTER (WHERE ((buy_box) * (page_views)) IS NULL AND ((buy_box) IS NOT NULL AND (page_views) IS NOT NULL)) AS missing
    FROM traffic_day
    WHERE day BETWEEN DATE '2026-10-01' AND DATE '2026-11-21'
      AND level IN ('account', 'parent', 'child', 'sku')
    GROUP BY ALL
),
single AS (
    SELECT * FROM daily
    QUALIFY dense_rank() OVER (
        PARTITION BY account, channel, period_day
        ORDER BY upper IS NULL, CASE level
            WHEN 'account' THEN 0
            WHEN 'parent' THEN 1
            WHEN 'child' THEN 2
            WHEN 'sku' THEN 3 ELSE 4 END, source
    ) = 1
),
placed AS (
    SELECT * FROM single JOIN period ON period_day BETWEEN first_day AND last_day
)
SELECT first_day, last_day, channel, account, source, currency, CAST(NULL AS DATE) AS month,
    sum(upper) AS numerator, sum(lower) AS denominator, sum(sample) AS sample, sum(missing) AS missing
FROM placed
GROUP BY ALL
ORDER BY ALL
