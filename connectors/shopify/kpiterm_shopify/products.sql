-- One offer a variant.
select
    _payload,
    coalesce(nullif(trim(sku), ''), 'variant-' || split_part(id, '/', -1)) as sku,
    split_part(id, '/', -1) as item_id,
    displayName as title,
    cast(price as decimal(18, 4)) as price,
    _currency as currency,
    case product.status when 'ACTIVE' then 'active' else 'inactive' end as status,
    split_part(product.id, '/', -1) as parent_id,
    nullif(product.productType, '') as category,
    utc(createdAt) as listed_at
from source
