-- Units in Walmart's network. Units under review or between two centres are sound and come back: they are held, not
-- unfulfillable, so that available and reserved make up the units on hand.
select
    _payload,
    utc(_taken_at) as taken_at,
    itemInformation.sku as sku,
    itemInformation.itemID as item_id,
    itemInformation.itemName as title,
    'WFS' as location,
    inventoryData.availableUnits as available,
    inventoryData.inboundUnits as inbound,
    inventoryData.reservedUnits
        + coalesce(inventoryData.unavailableUnits.inventoryReviewUnits, 0)
        + coalesce(inventoryData.unavailableUnits.inventoryMovementUnits, 0) as reserved
from source
