-- FBA stock as planning counts it, once a day: taken at the start of the snapshot's business day, so that a live
-- reading of the same day is the later one.
select
    _payload,
    timezone('UTC', timezone(getvariable('timezone'), cast(cast("snapshot-date" as date) as timestamp))) as taken_at,
    sku,
    asin as item_id,
    "product-name" as title,
    'FBA' as location,
    available,
    "inbound-quantity" as inbound,
    "Total Reserved Quantity" as reserved,
    "unfulfillable-quantity" as unfulfillable
from source
where sku is not null
