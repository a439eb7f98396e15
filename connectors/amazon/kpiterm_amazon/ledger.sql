-- Stock at the end of each day as the inventory ledger balances it, one row a SKU and country. Sellable units count as
-- available although some are reserved for orders by then, which the ledger does not say; units that travel between
-- warehouses are in neither balance and held. Stock that Amazon keeps in other countries stands apart, and a day that is
-- not over yet is left out.
with line as (
    select
        _payload,
        coalesce(try_strptime("Date", '%m/%d/%Y'), try_strptime("Date", '%Y-%m-%d')) as day,
        "Date" as written,
        _day as today,
        msku as sku,
        asin as item_id,
        title,
        upper(disposition) = 'SELLABLE' as sound,
        "Ending Warehouse Balance" as balance,
        "In Transit Between Warehouses" as moving,
        case coalesce(nullif(upper("Location"), 'GB'), 'UK') when _country then null else upper("Location") end
            as abroad
    from source
    where msku is not null
),

dated as (
    select
        *,
        case
            -- A day to come is one whose month was taken for its day.
            when day is null or day > today then error('Date ' || coalesce(written, '(blank)') || ' is in no known form')
            else timezone('UTC', timezone(getvariable('timezone'), day + interval 1 day))
        end as taken_at
    from line
)

select
    max(_payload) as _payload,
    taken_at,
    sku,
    max(item_id) as item_id,
    max(title) as title,
    concat_ws(' ', 'FBA', abroad) as location,
    cast(coalesce(sum(balance) filter (where sound), 0) as bigint) as available,
    cast(coalesce(sum(moving), 0) as bigint) as reserved,
    cast(coalesce(sum(balance) filter (where not sound), 0) as bigint) as unfulfillable
from dated
where day is distinct from today
group by taken_at, sku, abroad
