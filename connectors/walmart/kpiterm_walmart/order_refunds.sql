-- Refunds as the order lines tell them, for accounts that count them here: the date is that of the line's last status.
with line as (
    select
        _payload,
        coalesce(purchaseOrderId, "order".purchaseOrderId) as order_id,
        coalesce(orderDate, "order".orderDate) as placed_at,
        unnest(coalesce(orderLines, "order".orderLines).orderLine) as line
    from source
    where _refunds_from = 'orders'
),

charged as (
    select
        *,
        line.refund.refundCharges.refundCharge as refunds,
        list_transform(refunds, lambda r: r.charge) as charges,
        list_filter(line.orderLineStatuses.orderLineStatus, lambda s: s.status = 'Refund') as statuses
    from line
    where len(line.refund.refundCharges.refundCharge) > 0
)

select
    _payload,
    order_id,
    line.lineNumber as line_key,
    line.item.sku as sku,
    coalesce(make_timestamp(try_cast(placed_at as bigint) * 1000), utc(placed_at)) as ordered_at,
    coalesce(make_timestamp(try_cast(line.statusDate as bigint) * 1000), utc(line.statusDate)) as refunded_at,
    cast(list_sum(list_transform(
        statuses, lambda s: cast(s.statusQuantity.amount as decimal(18, 4))
    )) as bigint) as quantity,
    -- Walmart writes refunds as negative charges, sellers' tools also as positive ones.
    abs(coalesce(list_sum(list_transform(charges, lambda c: cast(c.chargeAmount.amount as decimal(18, 4)))), 0)
        + coalesce(list_sum(list_transform(
            charges, lambda c: cast(coalesce(c.tax, c.taxAndOtherFees).taxAmount.amount as decimal(18, 4))
        )), 0)) as amount,
    coalesce(charges[1].chargeAmount.currency, getvariable('currency')) as currency,
    refunds[1].refundReason as reason
from charged
