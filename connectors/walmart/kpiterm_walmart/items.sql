-- Offers as listed. Walmart gives no item id here (its WPID is another code), so that offers meet other data by SKU.
select
    _payload,
    sku,
    productName as title,
    price.amount as price,
    price.currency as currency,
    case
        when lifecycleStatus in ('ARCHIVED', 'RETIRED') then 'inactive'
        when publishedStatus = 'PUBLISHED' then 'active'
        when publishedStatus in ('IN_PROGRESS', 'READY_TO_PUBLISH', 'STAGE') then 'incomplete'
        else 'inactive'
    end as status,
    variantGroupId as parent_id,
    nullif(productType, 'default') as category
from source
