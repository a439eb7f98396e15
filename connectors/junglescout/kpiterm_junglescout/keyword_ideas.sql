select _day as day, cast(null as varchar) as item_id, lower(attributes.name) as keyword, cast(null as varchar) as kind,
    attributes.monthly_search_volume_exact as search_volume, _payload
from source where attributes.name is not null
