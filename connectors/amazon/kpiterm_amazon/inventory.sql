-- FBA stock by SKU: what Amazon can pick now, what is on the way in all three stages, what it holds back.
select
    _payload,
    utc(_taken_at) as taken_at,
    sellerSku as sku,
    asin as item_id,
    productName as title,
    'FBA' as location,
    inventoryDetails.fulfillableQuantity as available,
    inventoryDetails.inboundWorkingQuantity
        + inventoryDetails.inboundShippedQuantity
        + inventoryDetails.inboundReceivingQuantity as inbound,
    inventoryDetails.reservedQuantity.totalReservedQuantity as reserved,
    inventoryDetails.unfulfillableQuantity.totalUnfulfillableQuantity as unfulfillable
from source
