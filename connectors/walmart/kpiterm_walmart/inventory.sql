-- Stock by SKU and ship node: what can be sold now, and what is held for orders.
with node as (
    select _payload, _taken_at, sku, unnest(nodes) as node from source
)

select
    _payload,
    utc(_taken_at) as taken_at,
    sku,
    node.shipNode as location,
    cast(cast(node.availToSellQty.amount as decimal(18, 4)) as bigint) as available,
    cast(cast(node.reservedQty.amount as decimal(18, 4)) as bigint) as reserved
from node
