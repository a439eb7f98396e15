-- Records are named `us/B0…`. Parents are left out: their figures are those of the family, which its variations hold too.
with found as (
    select _payload, _day, split_part(id, '/', 2) as asin, attributes as a from source
    where not coalesce(attributes.is_parent, false)
),
figures as (
    select _payload, _day, asin, 'units_30d' as name, cast(a.approximate_30_day_units_sold as decimal(18, 4)) as value,
        false as money
    from found
    union all
    select _payload, _day, asin, 'revenue_30d', cast(a.approximate_30_day_revenue as decimal(18, 4)), true from found
    union all
    select _payload, _day, asin, 'price', cast(a.price as decimal(18, 4)), true from found
    union all
    select _payload, _day, asin, 'fees', cast(a.fee_breakdown.total_fees as decimal(18, 4)), true from found
    union all
    select _payload, _day, asin, 'bsr', cast(a.product_rank as decimal(18, 4)), false from found
    union all
    select _payload, _day, asin, 'rating', cast(a.rating as decimal(18, 4)), false from found
    union all
    select _payload, _day, asin, 'reviews', cast(a.reviews as decimal(18, 4)), false from found
    union all
    select _payload, _day, asin, 'sellers', cast(a.number_of_sellers as decimal(18, 4)), false from found
)
select _day as day, asin as item_id, cast(null as varchar) as keyword, 'product_database_' || name as metric,
    value as estimate, 'exact' as bound,
    case when money then getvariable('currency') end as currency, _payload
from figures where value is not null and asin <> ''
