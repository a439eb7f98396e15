WITH period(first_day, last_day) AS (VALUES
    (DATE '2026-10-01', DATE '2026-10-31'),
    (DATE '2026-11-01', DATE '2026-11-21')
),
daily AS (
    SELECT channel, account, source, currency, business_day(posted_at, channel) AS period_day, CAST(NULL AS VARCHAR) AS part,
        sum(-amount) AS upper,
        CAST(NULL AS DECIMAL(38,4)) AS lower,
        count(*) AS sample,
        count(*) FILTER (WHERE (-amount) IS NULL) AS missing
    FROM settlement_line
    WHERE business_day(posted_at, channel) BETWEEN DATE '2026-10-01' AND DATE '2026-11-21'
      AND source IN ('amazon.finances', 'amazon.settlements', 'amazon.transactions', 'shopify.payments', 'walmart.recon')
      AND (kind = 'fee')
    GROUP BY ALL
),
single AS (
    SELECT * FROM daily
    QUALIFY dense_rank() OVER (
        PARTITION BY account, channel, period_day
        ORDER BY upper IS NULL, CASE source
            WHEN 'amazon.finances' THEN 0
            WHEN 'amazon.settlements' THEN 1
            WHEN 'amazon.transactions' THEN 2
            WHEN 'shopify.payments' THEN 3
            WHEN 'walmart.recon' THEN 4 ELSE 5 END
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
