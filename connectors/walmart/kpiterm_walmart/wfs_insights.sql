-- Walmart's own forecast and advice per item, which are estimates. Days of supply come as text, also as a bound (">365").
with said as (
    select
        _payload,
        cast(timezone(getvariable('timezone'), timezone('UTC', utc(_taken_at))) as date) as day,
        itemInformation.itemID as item_id,
        unnest([
            {metric: 'wfs_days_of_supply', said: inventoryInsights.daysOfSupply},
            {metric: 'wfs_suggested_units', said: inventoryInsights.suggestedUnits},
            {metric: 'wfs_surplus_units', said: inventoryInsights.surplusUnits},
            {metric: 'wfs_forecast_units_weeks_1_4', said: inventoryInsights.salesForecastWeek1to4},
            {metric: 'wfs_forecast_units_weeks_5_8', said: inventoryInsights.salesForecastWeek5to8},
            {metric: 'wfs_forecast_units_weeks_9_12', said: inventoryInsights.salesForecastWeek9to12}
        ], recursive := true)
    from source
)

select
    _payload,
    day,
    item_id,
    metric,
    cast(regexp_extract(said, '[0-9]+(\.[0-9]+)?') as decimal(18, 4)) as estimate,
    case
        when said like '%>%' or said like '%+%' then 'more_than'
        when said like '%<%' then 'less_than'
        else 'exact'
    end as bound
from said
where item_id is not null and regexp_matches(said, '[0-9]')
