-- What was refunded on a return: the charges for one unit and their tax, times the units refunded so far. The moment is
-- that of the first refund, which does not change when further units follow.
with line as (
    select _payload, returnOrderDate, unnest(returnOrderLines) as line
    from source
    where returnOrderId is not null and coalesce(_refunds_from, '') <> 'orders'
),

placed as (
    select
        purchaseOrderId,
        max(coalesce(make_timestamp(try_cast(orderDate as bigint) * 1000), utc(orderDate))) as ordered_at
    from source
    where purchaseOrderId is not null
    group by 1
),

refunded as (
    select
        *,
        cast(cast(coalesce(
            line.refundedQty,
            case when line.currentRefundStatus = 'REFUND_COMPLETED' then line.quantity.measurementValue end
        ) as decimal(18, 4)) as bigint) as quantity,
        list_filter(line.charges, lambda c: coalesce(c.isBillable, true)) as billed,
        list_sum(list_transform(billed, lambda c:
            case when c.isDiscount then -1 else 1 end
            * case
                when c.isDiscount then abs(cast(c.chargePerUnit.currencyAmount as decimal(18, 4)))
                else cast(c.chargePerUnit.currencyAmount as decimal(18, 4))
            end
        )) as unit_charge,
        list_sum(list_transform(
            flatten(list_transform(billed, lambda c: coalesce(c.tax, []))),
            lambda t: cast(t.taxPerUnit.currencyAmount as decimal(18, 4))
        )) as unit_tax,
        list_filter(line.chargeTotals, lambda t: t."name" = 'lineTotal')[1]."value" as line_total,
        list_min(list_transform(
            list_filter(line.returnTrackingDetail, lambda e: e.eventTag like 'REFUND%'), lambda e: utc(e.eventTime)
        )) as event_at,
        list_min(list_transform(
            list_filter(line.currentTrackingStatuses, lambda s: s.currentRefundStatus = 'REFUND_COMPLETED'),
            lambda s: utc(s.statusTime)
        )) as completed_at
    from line
)

select
    refunded._payload,
    line.purchaseOrderId as order_id,
    line.purchaseOrderLineNumber as line_key,
    line.item.sku as sku,
    placed.ordered_at,
    coalesce(event_at, completed_at, utc(returnOrderDate)) as refunded_at,
    quantity,
    coalesce(
        (unit_charge + coalesce(unit_tax, 0)) * quantity, cast(line_total.currencyAmount as decimal(18, 4))
    ) as amount,
    coalesce(billed[1].chargePerUnit.currencyUnit, line_total.currencyUnit, getvariable('currency')) as currency,
    line.returnReason as reason,
    case
        when line.refundCoveredBy ilike 'seller%' then 'seller'
        when line.refundCoveredBy ilike 'walmart%' then 'marketplace'
        when line.refundCoveredBy ilike 'customer%' then 'buyer'
    end as fault
from refunded
left join placed on placed.purchaseOrderId = line.purchaseOrderId
where quantity > 0
