-- Units that Walmart advises to send in, the days that its stock lasts, and the dollars of sales that it expects of them;
-- an advice, never a fact about the shop.
with advice as (
    select
        _payload,
        cast(timezone(getvariable('timezone'), timezone('UTC', utc(_taken_at))) as date) as day,
        itemId as item_id,
        case json_type(insights) when 'ARRAY' then insights -> 0 else insights end as insight
    from source
    where itemId is not null
),

estimate as (
    select
        _payload,
        day,
        item_id,
        unnest([
            {metric: 'wfs_restock_units', estimate: insight ->> 'suggestedUnits', currency: null},
            {metric: 'wfs_restock_days_of_supply', estimate: insight ->> 'daysOfSupply', currency: null},
            {
                metric: 'wfs_restock_sales_lift',
                estimate: insight ->> 'forecastedSalesLift',
                currency: getvariable('currency')
            }
        ], recursive := true)
    from advice
)

select
    _payload,
    day,
    item_id,
    metric,
    cast(estimate as decimal(18, 4)) as estimate,
    'exact' as bound,
    currency
from estimate
where estimate is not null
