-- Order lines of the All-Orders flat file; its cells come without surrounding blanks, empty ones as NULL.
-- Equal lines within a file are real and stay.
with line as materialized (
    select
        _payload,
        _row,
        "amazon-order-id" as order_id,
        "order-item-id" as item_line,
        sku,
        asin as item_id,
        "product-name" as title,
        -- Orders of other shops that Amazon only ships: "Non-Amazon", "Non-Amazon US", …
        case
            when "sales-channel" ilike 'non-amazon%' then 'non-amazon'
            else lower("sales-channel")
        end as channel,
        utc("purchase-date") as ordered_at,
        utc("last-updated-date") as updated_at,
        coalesce(lower("order-status"), '') as order_status,
        coalesce(lower("item-status"), '') as item_status,
        coalesce(lower("fulfillment-channel"), '') as fulfilled_by,
        cast(quantity as bigint) as quantity,
        upper(currency) as currency,
        cast("item-price" as decimal(18, 4)) as item_price,
        cast("item-tax" as decimal(18, 4)) as item_tax,
        cast("shipping-price" as decimal(18, 4)) as shipping_price,
        cast("shipping-tax" as decimal(18, 4)) as shipping_tax,
        abs(cast("item-promotion-discount" as decimal(18, 4))) as item_discount,
        abs(cast("ship-promotion-discount" as decimal(18, 4))) as ship_discount
    from source
    where "amazon-order-id" is not null
),

-- Older layouts give no line id, and one order can hold the same SKU twice.
numbered as (
    select
        _payload,
        _row,
        row_number() over (partition by _payload, order_id, sku order by _row) as repeat
    from line
    where item_line is null
),

-- An order is replaced whole, so all of its lines carry its last change. (A window function took three times as long.)
changed as (
    select
        _payload,
        order_id,
        max(updated_at) as updated_at
    from line
    group by _payload, order_id
    having count(*) > 1
)

select
    _payload,
    channel,
    order_id,
    coalesce(item_line, coalesce(sku, '') || '#' || numbered.repeat) as line_key,
    ordered_at,
    coalesce(changed.updated_at, line.updated_at) as updated_at,
    business_day(ordered_at, channel) as business_day,
    -- The two states can disagree: a cancelled line is cancelled whatever the order says, else the further one holds.
    case
        when order_status like 'cancel%' or item_status like 'cancel%' then 'cancelled'
        when order_status like '%return%' then 'returned'
        when order_status like 'shipped%' or item_status like 'shipped%' then 'shipped'
        when order_status like 'pending%' and item_status not like 'shipping%' then 'pending'
        else 'open'
    end as status,
    sku,
    item_id,
    title,
    quantity,
    item_price,
    item_discount as discount,
    -- What the buyer is charged: a free-shipping promotion takes back the shipping price of the same line.
    coalesce(shipping_price - ship_discount, shipping_price) as shipping,
    coalesce(item_tax + shipping_tax, item_tax, shipping_tax) as tax,
    currency,
    case
        when fulfilled_by in ('amazon', 'afn') then 'marketplace'
        when fulfilled_by in ('merchant', 'mfn', 'seller') then 'merchant'
    end as fulfilment
from line
left join changed using (_payload, order_id)
left join numbered using (_payload, _row)
