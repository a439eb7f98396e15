-- Units that Amazon advises to send in, and days that its stock lasts; an advice, never a fact about the shop.
-- The report names all countries of the seller: only the account's own is read.
with line as (
    select
        _payload,
        _day as day,
        asin as item_id,
        try_cast("Recommended replenishment qty" as decimal(18, 4)) as units,
        try_cast("Days of Supply at Amazon Fulfillment Network" as decimal(18, 4)) as days_of_supply
    from source
    where
        asin is not null
        and (country is null or case upper(country) when 'GB' then 'UK' else upper(country) end = _country)
),

summed as (
    select _payload, day, item_id, sum(units) as units, min(days_of_supply) as days_of_supply
    from line
    group by all
),

estimate as (
    select _payload, day, item_id, 'restock_units' as metric, units as estimate
    from summed
    union all
    select _payload, day, item_id, 'restock_days_of_supply', days_of_supply
    from summed
)

select
    _payload,
    day,
    item_id,
    metric,
    cast(estimate as decimal(18, 4)) as estimate,
    'exact' as bound
from estimate
where estimate is not null
