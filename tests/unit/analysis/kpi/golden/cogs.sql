WITH period(first_day, last_day) AS (VALUES
    (DATE '2026-10-01', DATE '2026-10-31'),
    (DATE '2026-11-01', DATE '2026-11-21')
),
single AS (
    SELECT channel, account, source, currency, business_day AS period_day, CAST(NULL AS VARCHAR) AS part,
        sum(quantity * unit_cost) AS upper,
        CAST(NULL AS DECIMAL(38,4)) AS lower,
        count(*) AS sample,
        count(*) FILTER (WHERE (quantity * unit_cost) IS NULL) AS missing
    FROM (
    SELECT o.account, o.channel, o.source, o.sku, o.status, o.business_day, o.quantity, o.item_price,
        coalesce(own.unit_cost, any_.unit_cost) AS unit_cost,
        coalesce(CASE WHEN own.unit_cost IS NULL THEN any_.currency ELSE own.currency END, o.currency) AS currency
    FROM (SELECT * FROM order_line WHERE business_day BETWEEN DATE '2026-09-30' AND DATE '2026-11-23') AS o
    LEFT JOIN (
        SELECT *, coalesce(lead(valid_from) OVER (PARTITION BY channel, sku ORDER BY valid_from), DATE 'infinity') AS ended
        FROM (
            SELECT channel, sku, valid_from,
                max_by(unit_cost, recorded) AS unit_cost, max_by(currency, recorded) AS currency
            FROM (SELECT *, coalesce(recorded_at, loaded_at) AS recorded FROM cost) WHERE channel IS NOT NULL GROUP BY ALL
        )) AS own
        ON o.channel = own.channel AND o.sku = own.sku
            AND o.business_day >= own.valid_from AND o.business_day < own.ended
    LEFT JOIN (
        SELECT *, coalesce(lead(valid_from) OVER (PARTITION BY sku ORDER BY valid_from), DATE 'infinity') AS ended
        FROM (
            SELECT sku, valid_from,
                max_by(unit_cost, recorded) AS unit_cost, max_by(currency, recorded) AS currency
            FROM (SELECT *, coalesce(recorded_at, loaded_at) AS recorded FROM cost) WHERE true GROUP BY ALL
        )) AS any_
        ON o.sku = any_.sku AND o.business_day >= any_.valid_from AND o.business_day < any_.ended
    )
    WHERE business_day BETWEEN DATE '2026-10-01' AND DATE '2026-11-21'
      AND (coalesce(status, '') <> 'cancelled' AND channel <> 'non-amazon')
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
