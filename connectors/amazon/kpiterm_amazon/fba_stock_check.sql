-- FBA stock as the inventory report counts it: the same figures as the live reading, by another way.
select
    _payload,
    utc(_taken_at) as taken_at,
    sku,
    asin as item_id,
    "product-name" as title,
    'FBA' as location,
    "afn-fulfillable-quantity" as available,
    "afn-inbound-working-quantity"
        + "afn-inbound-shipped-quantity"
        + "afn-inbound-receiving-quantity" as inbound,
    "afn-reserved-quantity" as reserved,
    "afn-unsellable-quantity" as unfulfillable
from source
where sku is not null
