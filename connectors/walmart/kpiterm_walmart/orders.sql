-- Order lines with money of the whole line. A line whose units differ in status is split: units that were cancelled stand
-- apart (key "1#cancelled"), so that neither quantity nor GMV counts them; the charges belong to the others.
--
-- Walmart does not document whether a charge is for the line or for one unit. Where the order has a total, the reading
-- that adds up to it is taken; else the line's, as settlement reports have it.
with placed as (
    select
        _payload,
        coalesce(purchaseOrderId, "order".purchaseOrderId) as order_id,
        coalesce(orderDate, "order".orderDate) as placed_at,
        coalesce(orderSummary, "order".orderSummary).totalAmount.currencyAmount as total,
        coalesce(shipNode."type", "order".shipNode."type", _ship_node) as node,
        coalesce(orderLines, "order".orderLines).orderLine as lines
    from source
),

line as (
    select * exclude (lines), unnest(lines) as line, from placed
),

counted as (
    select
        *,
        coalesce(line.charges.charge, []) as charges,
        cast(cast(line.orderLineQuantity.amount as decimal(18, 4)) as bigint) as ordered,
        coalesce(line.orderLineStatuses.orderLineStatus, []) as statuses,
        coalesce(cast(list_sum(list_transform(
            list_filter(statuses, lambda s: s.status = 'Cancelled'),
            lambda s: cast(s.statusQuantity.amount as decimal(18, 4))
        )) as bigint), 0) as cancelled,
        list_transform(list_filter(statuses, lambda s: s.status <> 'Cancelled'), lambda s: s.status) as alive
    from line
),

charged as (
    select
        *,
        -- All units cancelled, or a status without quantities.
        cancelled >= ordered or (len(alive) = 0 and len(statuses) > 0) as dead,
        list_filter(charges, lambda c: c.chargeType = 'PRODUCT') as products,
        list_filter(products, lambda c:
            coalesce(c.chargeName, '') ilike '%discount%'
            or coalesce(cast(c.chargeAmount.amount as decimal(18, 4)), 0) < 0
        ) as discounts,
        list_filter(products, lambda c: not (
            coalesce(c.chargeName, '') ilike '%discount%'
            or coalesce(cast(c.chargeAmount.amount as decimal(18, 4)), 0) < 0
        )) as items,
        list_filter(charges, lambda c: c.chargeType = 'SHIPPING') as shippings
    from counted
),

summed as (
    select
        *,
        case when dead then ordered else ordered - cancelled end as units,
        list_sum(list_transform(items, lambda c: cast(c.chargeAmount.amount as decimal(18, 4)))) as item_sum,
        list_sum(list_transform(discounts, lambda c: abs(cast(c.chargeAmount.amount as decimal(18, 4))))) as discount_sum,
        list_sum(list_transform(shippings, lambda c: cast(c.chargeAmount.amount as decimal(18, 4)))) as shipping_sum,
        list_sum(list_transform(
            charges, lambda c: cast(coalesce(c.tax, c.taxAndOtherFees).taxAmount.amount as decimal(18, 4))
        )) as tax_sum,
        coalesce(item_sum, 0) - coalesce(discount_sum, 0) + coalesce(shipping_sum, 0) as net_sum
    from charged
),

totalled as (
    select
        *,
        cast(total as decimal(18, 4)) as order_total,
        sum(net_sum) over same_order as by_line,
        sum(coalesce(tax_sum, 0)) over same_order as tax_by_line,
        sum(net_sum * units) over same_order as by_unit,
        sum(coalesce(tax_sum, 0) * units) over same_order as tax_by_unit
    from summed
    window same_order as (partition by order_id, _payload)
),

priced as (
    select
        *,
        case
            when order_total in (by_line, by_line + tax_by_line) then 1
            when order_total in (by_unit, by_unit + tax_by_unit) then units
            else 1
        end as times,
        coalesce(make_timestamp(try_cast(placed_at as bigint) * 1000), utc(placed_at)) as ordered_at,
        coalesce(make_timestamp(try_cast(line.statusDate as bigint) * 1000), utc(line.statusDate)) as status_at
    from totalled
),

part as (
    select *, unnest(case when dead or cancelled = 0 then [false] else [false, true] end) as apart
    from priced
)

select
    _payload,
    order_id,
    line.lineNumber || case when apart then '#cancelled' else '' end as line_key,
    ordered_at,
    max(status_at) over (partition by order_id, _payload) as updated_at,
    business_day(ordered_at, getvariable('channel')) as business_day,
    case
        when apart or dead then 'cancelled'
        when len(list_filter(alive, lambda s: s <> 'Refund')) = 0 and len(alive) > 0 then 'returned'
        when list_has_any(alive, ['Shipped', 'Delivered']) then 'shipped'
        else 'open'
    end as status,
    line.item.sku as sku,
    line.item.productName as title,
    case when apart then cancelled else units end as quantity,
    case when apart then null else item_sum * times end as item_price,
    case when apart then null else discount_sum * times end as discount,
    case when apart then null else shipping_sum * times end as shipping,
    case when apart then null else tax_sum * times end as tax,
    coalesce(charges[1].chargeAmount.currency, getvariable('currency')) as currency,
    case node
        when 'WFSFulfilled' then 'marketplace'
        when 'SellerFulfilled' then 'merchant'
        when '3PLFulfilled' then 'merchant'
    end as fulfilment
from part
