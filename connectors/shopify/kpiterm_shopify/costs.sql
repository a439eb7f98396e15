-- Shopify keeps the present cost only: it holds from the day on which the variant's stock record last changed.
select distinct
    _payload,
    coalesce(nullif(trim(sku), ''), 'variant-' || split_part(id, '/', -1)) as sku,
    business_day(utc(inventoryItem.updatedAt), getvariable('channel')) as valid_from,
    cast(inventoryItem.unitCost.amount as decimal(18, 4)) as unit_cost,
    inventoryItem.unitCost.currencyCode as currency,
    utc(inventoryItem.updatedAt) as recorded_at
from source
where inventoryItem.unitCost.amount is not null
