-- Order lines of Orders API 2026-01-01, with the meaning of the All-Orders report: money of the whole line, blank
-- (while the payment is pending) is unknown, a cancelled line keeps its place.
with line as (
    select
        _payload,
        orderId as order_id,
        utc(createdTime) as ordered_at,
        utc(lastUpdatedTime) as updated_at,
        case
            when salesChannel.channelName = 'NON_AMAZON' then 'non-amazon'
            else lower(coalesce(salesChannel.marketplaceName, getvariable('channel')))
        end as channel,
        fulfillment.fulfillmentStatus as order_status,
        fulfillment.fulfilledBy as fulfilled_by,
        unnest(orderItems) as item
    from source
),

money as (
    select
        *,
        list_filter(item.proceeds.breakdowns, lambda b: b."type" = 'ITEM') as items,
        list_filter(item.proceeds.breakdowns, lambda b: b."type" = 'SHIPPING') as shippings,
        list_filter(item.proceeds.breakdowns, lambda b: b."type" = 'TAX') as taxes,
        list_filter(item.proceeds.breakdowns, lambda b: b."type" = 'DISCOUNT') as discounts,
        flatten(list_transform(taxes, lambda b: b.detailedBreakdowns)) as tax_details,
        flatten(list_transform(discounts, lambda b: b.detailedBreakdowns)) as discount_details
    from line
),

summed as (
    select
        *,
        list_sum(list_transform(items, lambda b: cast(b.subtotal.amount as decimal(18, 4)))) as item_price,
        list_sum(list_transform(shippings, lambda b: cast(b.subtotal.amount as decimal(18, 4)))) as shipping_price,
        list_sum(list_transform(taxes, lambda b: cast(b.subtotal.amount as decimal(18, 4)))) as whole_tax,
        list_sum(list_transform(discounts, lambda b: abs(cast(b.subtotal.amount as decimal(18, 4))))) as whole_discount,
        list_sum(list_transform(
            list_filter(tax_details, lambda d: d.subtype in ('ITEM', 'SHIPPING')),
            lambda d: cast(d."value".amount as decimal(18, 4))
        )) as line_tax,
        list_sum(list_transform(
            list_filter(discount_details, lambda d: d.subtype = 'ITEM'),
            lambda d: abs(cast(d."value".amount as decimal(18, 4)))
        )) as item_discount,
        list_sum(list_transform(
            list_filter(discount_details, lambda d: d.subtype = 'SHIPPING'),
            lambda d: abs(cast(d."value".amount as decimal(18, 4)))
        )) as ship_discount
    from money
)

select
    _payload,
    channel,
    order_id,
    item.orderItemId as line_key,
    ordered_at,
    updated_at,
    business_day(ordered_at, channel) as business_day,
    case
        when order_status in ('CANCELLED', 'UNFULFILLABLE') then 'cancelled'
        when item.cancellation.cancellationExecution.cancelledBy is not null then 'cancelled'
        when order_status = 'SHIPPED' then 'shipped'
        when order_status in ('PENDING', 'PENDING_AVAILABILITY') then 'pending'
        when item.fulfillment.quantityFulfilled > 0 and item.fulfillment.quantityUnfulfilled = 0 then 'shipped'
        else 'open'
    end as status,
    item.product.sellerSku as sku,
    item.product.asin as item_id,
    item.product.title as title,
    item.quantityOrdered as quantity,
    item_price,
    -- Without details the whole discount is the item's.
    case when len(discount_details) > 0 then item_discount else whole_discount end as discount,
    coalesce(shipping_price - ship_discount, shipping_price) as shipping,
    case when len(tax_details) > 0 then line_tax else whole_tax end as tax,
    coalesce(items, item.proceeds.breakdowns)[1].subtotal.currencyCode as currency,
    case fulfilled_by when 'AMAZON' then 'marketplace' when 'MERCHANT' then 'merchant' end as fulfilment
from summed
