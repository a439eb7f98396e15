-- Order lines from pages (lines nested in their order) and from bulk operations (each line on its own, naming its order).
with placed as (
    select
        *,
        split_part(id, '/', -1) as order_id
    from source
    where __parentId is null and id like 'gid://shopify/Order/%' and not coalesce(test, false)
),

loose as (
    select
        __parentId as parent,
        {
            'id': id, 'sku': sku, 'name': name, 'quantity': quantity, 'currentQuantity': currentQuantity,
            'unfulfilledQuantity': unfulfilledQuantity, 'isGiftCard': isGiftCard, 'originalTotalSet': originalTotalSet,
            'discountAllocations': discountAllocations, 'taxLines': taxLines, 'variant': variant
        } as item
    from source
    where __parentId is not null and id like 'gid://shopify/LineItem/%'
    -- An order that two pages hold brings its further lines twice.
    qualify row_number() over (partition by __parentId, id order by _payload desc) = 1
),

line as (
    select placed.* exclude (lineItems), unnest(lineItems.nodes) as item
    from placed
    union all by name
    select placed.* exclude (lineItems), loose.item
    from placed inner join loose on loose.parent = placed.id
),

priced as (
    select
        *,
        nullif(trim(item.sku), '') as own_sku,
        split_part(item.variant.id, '/', -1) as variant_id,
        cast(item.originalTotalSet.shopMoney.amount as decimal(18, 4)) as price,
        list_sum(list_transform(
            item.discountAllocations, lambda d: cast(d.allocatedAmountSet.shopMoney.amount as decimal(18, 4))
        )) as discounted,
        coalesce(list_sum(list_transform(
            item.taxLines, lambda t: cast(t.priceSet.shopMoney.amount as decimal(18, 4))
        )), 0) as line_tax,
        cast(totalTaxSet.shopMoney.amount as decimal(18, 4)) as order_tax,
        cast(totalShippingPriceSet.shopMoney.amount as decimal(18, 4)) as order_shipping
    from line
),

placed_in_order as (
    select
        *,
        order_tax - sum(line_tax) over (partition by _payload, order_id) as shipping_tax,
        row_number() over (
            partition by _payload, order_id
            order by coalesce(item.isGiftCard, false), len(item.id), item.id
        ) as place
    from priced
)

select
    _payload,
    order_id,
    split_part(item.id, '/', -1) as line_key,
    utc(processedAt) as ordered_at,
    utc(updatedAt) as updated_at,
    business_day(utc(processedAt), getvariable('channel')) as business_day,
    case
        when cancelledAt is not null then 'cancelled'
        when displayFulfillmentStatus = 'FULFILLED' then 'shipped'
        when displayFulfillmentStatus = 'PARTIALLY_FULFILLED' and item.unfulfilledQuantity = 0
            and item.currentQuantity > 0 then 'shipped'
        when displayFinancialStatus in ('PENDING', 'EXPIRED') then 'pending'
        else 'open'
    end as status,
    -- Many shops give no SKUs: the variant then stands in, so that stock, cost and sales of it still meet.
    coalesce(own_sku, 'variant-' || variant_id) as sku,
    variant_id as item_id,
    item.name as title,
    item.quantity as quantity,
    price as item_price,
    coalesce(discounted, 0) as discount,
    -- Shipping and its tax are the whole order's: its first line carries them, so that the lines add up to the order.
    case when place = 1 then order_shipping else 0 end as shipping,
    line_tax + case when place = 1 then coalesce(shipping_tax, 0) else 0 end as tax,
    coalesce(item.originalTotalSet.shopMoney.currencyCode, currencyCode) as currency,
    'merchant' as fulfilment
from placed_in_order
-- A gift card is money that is owed until goods are bought with it, and then those goods count.
where not coalesce(item.isGiftCard, false)
