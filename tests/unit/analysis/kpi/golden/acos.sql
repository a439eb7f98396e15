WITH period(first_day, last_day) AS (VALUES
    (DATE '2026-10-01', DATE '2026-10-31'),
    (DATE '2026-11-01', DATE '2026-11-21')
),
daily AS (
    SELECT channel, account, source, currency, day AS period_day, level, ad_product, ad_product AS part,
        sum(spend) AS upper,
        sum(attributed_sales) AS lower,
        count(*) AS sample,
        count(*) FILTER (WHERE (spend) IS NULL) AS missing
    FROM ad_day
    WHERE day BETWEEN DATE '2026-10-01' AND DATE '2026-11-21'
      AND level IN ('campaign', 'product', 'search_term', 'targeting', 'placement')
    GROUP BY ALL
),
single AS (
    SELECT * FROM daily
    QUALIFY dense_rank() OVER (
        PARTITION BY account, channel, period_day, ad_product
        ORDER BY upper IS NULL, CASE level
            WHEN 'campaign' THEN 0
            WHEN 'product' THEN 1
            WHEN 'search_term' THEN 2
            WHEN 'targeting' THEN 3
            WHEN 'placement' THEN 4 ELSE 5 END, source
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
