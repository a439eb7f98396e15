-- Units that customers sent back to Amazon, one line each as received. Comments of buyers are not read.
select
    _payload,
    "order-id" as order_id,
    sku,
    asin as item_id,
    utc("return-date") as returned_at,
    quantity,
    lower("detailed-disposition") as condition,
    reason,
    status
from source
where "order-id" is not null
