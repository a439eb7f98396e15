WITH period(first_day, last_day) AS (VALUES
    (DATE '2026-10-01', DATE '2026-10-31'),
    (DATE '2026-11-01', DATE '2026-11-21')
),
sampled AS (
    SELECT channel, account, source, business_day AS period_day,
        date_diff('second', received_at, coalesce(replied_at, TIMESTAMP '2026-11-22 20:00:00')) AS value
    FROM contact
    WHERE business_day BETWEEN DATE '2026-10-01' AND DATE '2026-11-21'
      AND (coalesce(needs_reply, TRUE))
      AND channel IS NOT NULL
)
SELECT first_day, last_day, channel, account, source, CAST(NULL AS VARCHAR) AS currency, CAST(NULL AS DATE) AS month,
    quantile_disc(value, 0.9) AS numerator, CAST(NULL AS BIGINT) AS denominator,
    count(value) AS sample, count(*) - count(value) AS missing
FROM sampled JOIN period ON period_day BETWEEN first_day AND last_day
GROUP BY GROUPING SETS (
    (first_day, last_day), (first_day, last_day, channel), (first_day, last_day, channel, account, source)
)
ORDER BY ALL
