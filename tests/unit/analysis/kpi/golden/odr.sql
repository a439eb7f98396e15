WITH period(first_day, last_day) AS (VALUES
    (DATE '2026-10-01', DATE '2026-10-31'),
    (DATE '2026-11-01', DATE '2026-11-21')
),
daily AS (
    SELECT channel, account, source, CAST(NULL AS VARCHAR) AS currency, day AS period_day, segment, metric, metric AS part,
        sum(numerator) AS upper,
        sum(denominator) AS lower,
        count(*) AS sample,
        count(*) FILTER (WHERE (numerator) IS NULL) AS missing
    FROM health_metric
    WHERE day BETWEEN DATE '2026-10-01' AND DATE '2026-11-21'
      AND (metric = 'order_defect_rate')
    GROUP BY ALL
),
single AS (
    SELECT * FROM daily
    QUALIFY dense_rank() OVER (
        PARTITION BY account, channel, period_day, metric
        ORDER BY upper IS NULL, CASE segment
            WHEN 'all' THEN 0 ELSE 1 END, source
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
