-- Weekly volumes: keyword_rank holds monthly ones.
select attributes.estimate_start_date as day, cast(null as varchar) as item_id,
    lower(_keyword) as keyword, 'search_volume_week' as metric,
    cast(attributes.estimated_exact_search_volume as decimal(18, 4)) as estimate, 'exact' as bound, _payload
from source
where attributes.estimated_exact_search_volume is not null
    and date_diff('day', attributes.estimate_start_date, attributes.estimate_end_date) = 6
