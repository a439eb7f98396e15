-- A parent's estimates are those of its whole family: they bear names of their own, so that nobody adds them to those of
-- its variations.
with days as (
    select _payload, coalesce(attributes.asin, _asin) as asin, coalesce(attributes.is_parent, false) as is_parent,
        unnest(attributes.data) as estimate
    from source
)
select cast(estimate.date as date) as day, asin as item_id, cast(null as varchar) as keyword,
    case when is_parent then 'sales_estimates_family_units' else 'sales_estimates_units' end as metric,
    cast(estimate.estimated_units_sold as decimal(18, 4)) as estimate, 'exact' as bound,
    cast(null as varchar) as currency, _payload
from days where estimate.estimated_units_sold is not null
union all
select cast(estimate.date as date), asin, null, 'sales_estimates_price',
    cast(estimate.last_known_price as decimal(18, 4)), 'exact', getvariable('currency'), _payload
from days where estimate.last_known_price is not null and not is_parent
