with brands as (select _payload, _day, _keyword, unnest(attributes.brands) as found from source),
shares as (
    select _payload, _day, _keyword, found.brand as brand, 'combined' as part, found.combined_weighted_sov as share
    from brands
    union all
    select _payload, _day, _keyword, found.brand, 'organic', found.organic_weighted_sov from brands
    union all
    select _payload, _day, _keyword, found.brand, 'sponsored', found.sponsored_weighted_sov from brands
),
items as (select _payload, _day, _keyword, unnest(attributes.top_asins) as found from source),
counts as (
    select _payload, _day, _keyword, found.asin as asin, 'clicks' as part, found.clicks as number from items
    union all
    select _payload, _day, _keyword, found.asin, 'conversions', found.conversions from items
)
select _day as day, cast(null as varchar) as item_id, lower(_keyword) as keyword,
    'share_of_voice_' || part || ':' || brand as metric,
    cast(share as decimal(18, 4)) as estimate, 'exact' as bound, _payload
from shares where share is not null and brand is not null
union all
select _day, asin, lower(_keyword), 'share_of_voice_' || part, cast(number as decimal(18, 4)), 'exact', _payload
from counts where number is not null and asin is not null
