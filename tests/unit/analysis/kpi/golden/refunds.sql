WITH period(first_day, last_day) AS (VALUES
    (DATE '2026-10-01', DATE '2026-10-31'),
    (DATE '2026-11-01', DATE '2026-11-21')
),
single AS (
    SELECT channel, account, source, currency, business_day(refunded_at, channel) AS period_day, CAST(NULL AS VARCHAR) AS part,
        sum(amount) AS upper,
        CAST(NULL AS DECIMAL(38,4)) AS lower,
        count(*) AS sample,
        count(*) FILTER (WHERE (amount) IS NULL) AS missing
    FROM refund_line
    WHERE business_day(refunded_at, channel) BETWEEN DATE '2026-10-01' AND DATE '2026-11-21'
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
