-- What Amazon expects of each ASIN: its storage next month, the surcharge for old stock, the units that are old, and how
-- long the stock lasts. SKUs of one ASIN are added up; the shortest supply of them counts.
with line as (
    select
        _payload,
        cast("snapshot-date" as date) as day,
        asin as item_id,
        currency,
        try_cast(replace("estimated-storage-cost-next-month", ',', '.') as decimal(18, 4)) as storage_cost,
        list_sum(list_transform(
            [
                "estimated-ais-181-210-days",
                "estimated-ais-211-240-days",
                "estimated-ais-241-270-days",
                "estimated-ais-271-300-days",
                "estimated-ais-301-330-days",
                "estimated-ais-331-365-days",
                "estimated-ais-366-455-days",
                "estimated-ais-456-plus-days"
            ],
            lambda cost: try_cast(replace(cost, ',', '.') as decimal(18, 4))
        )) as surcharge,
        list_sum(list_transform(
            [
                "inv-age-181-to-270-days",
                "inv-age-271-to-365-days",
                "inv-age-366-to-455-days",
                "inv-age-456-plus-days"
            ],
            lambda units: try_cast(units as decimal(18, 4))
        )) as old_units,
        try_cast("days-of-supply" as decimal(18, 4)) as days_of_supply
    from source
    where asin is not null
),

summed as (
    select
        _payload,
        day,
        item_id,
        max(currency) as money,
        sum(storage_cost) as storage_cost,
        sum(surcharge) as surcharge,
        sum(old_units) as old_units,
        min(days_of_supply) as days_of_supply
    from line
    group by all
),

estimate as (
    select _payload, day, item_id, 'storage_cost_next_month' as metric, storage_cost as estimate, money as currency
    from summed
    union all
    select _payload, day, item_id, 'aged_inventory_surcharge', surcharge, money
    from summed
    union all
    select _payload, day, item_id, 'units_over_180_days', old_units, null
    from summed
    union all
    select _payload, day, item_id, 'days_of_supply', days_of_supply, null
    from summed
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
