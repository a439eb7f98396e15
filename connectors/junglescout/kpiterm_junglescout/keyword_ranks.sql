-- The first ASIN asked for is the one that a record is about; the others are its competitors. Positions begin at 1.
with ranks as (
    select _payload, _day, attributes, attributes.primary_asin as asin, 'organic' as kind,
        attributes.organic_rank as position
    from source
    union all
    select _payload, _day, attributes, attributes.primary_asin, 'sponsored', attributes.sponsored_rank
    from source
    union all
    select _payload, _day, attributes, rival.asin, 'organic', rival.organic_rank
    from (select _payload, _day, attributes, unnest(attributes.competitor_organic_rank) as rival from source)
    union all
    select _payload, _day, attributes, rival.asin, 'sponsored', rival.sponsored_rank
    from (select _payload, _day, attributes, unnest(attributes.competitor_sponsored_rank) as rival from source)
)
select _day as day, asin as item_id, lower(attributes.name) as keyword, kind, cast(position as bigint) as rank,
    'exact' as bound, attributes.monthly_search_volume_exact as search_volume, _payload
from ranks where position > 0 and asin is not null and attributes.name is not null
qualify row_number() over (partition by _payload, asin, lower(attributes.name), kind order by position) = 1
