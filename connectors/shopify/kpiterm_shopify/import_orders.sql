-- Order lines of an orders export. Times without an offset are the shop's own; its days are always as written.
select
    _payload,
    order_id,
    line_key,
    coalesce(
        utc(ordered_at),
        timezone('UTC', timezone(getvariable('timezone'), cast(ordered_local as timestamp)))
    ) as ordered_at,
    coalesce(
        utc(updated_at),
        timezone('UTC', timezone(getvariable('timezone'), cast(updated_local as timestamp)))
    ) as updated_at,
    cast(business_day as date) as business_day,
    status,
    sku,
    title,
    cast(quantity as bigint) as quantity,
    cast(item_price as decimal(18, 4)) as item_price,
    cast(discount as decimal(18, 4)) as discount,
    cast(shipping as decimal(18, 4)) as shipping,
    cast(tax as decimal(18, 4)) as tax,
    currency,
    'merchant' as fulfilment
from source
