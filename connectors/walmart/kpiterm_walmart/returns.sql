-- Goods that buyers sent back or are to send back; refunds after which they keep them are no returns.
with line as (
    select _payload, returnOrderDate, unnest(returnOrderLines) as line
    from source
    where returnOrderId is not null
)

select
    _payload,
    line.purchaseOrderId as order_id,
    line.item.sku as sku,
    utc(returnOrderDate) as returned_at,
    cast(cast(line.quantity.measurementValue as decimal(18, 4)) as bigint) as quantity,
    line.returnReason as reason,
    line."status" as status
from line
where coalesce(line.returnExpectedFlag, true) and not coalesce(line.isKeepIt, false)
