-- One row a shipment and SKU. The items know units, the shipment knows its status and its moments.
with shipment as (
    select
        shipmentId as shipment_id,
        max(status) as status,
        max(utc(createdDate)) as created_at,
        max(utc(coalesce(actualDeliveryDate, updatedExpectedDeliveryDate, expectedDeliveryDate))) as arrives_at
    from source
    where sku is null
    group by shipmentId
),

item as (
    select
        max(_payload) as _payload,
        shipmentId as shipment_id,
        sku,
        max(utc(coalesce(updatedExpectedDeliveryDate, expectedDeliveryDate))) as arrives_at,
        cast(sum(itemQty) as bigint) as shipped,
        cast(sum(receivedQty) as bigint) as received
    from source
    where sku is not null
    group by shipmentId, sku
)

select
    item._payload,
    item.shipment_id,
    item.sku,
    shipment.status,
    shipment.created_at,
    coalesce(shipment.arrives_at, item.arrives_at) as arrives_at,
    item.shipped,
    item.received
from item
left join shipment on shipment.shipment_id = item.shipment_id
