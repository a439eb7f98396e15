-- One offer a variant; the export knows no ids, so the product's handle stands for its parent.
select
    _payload,
    sku,
    title,
    cast(price as decimal(18, 4)) as price,
    getvariable('currency') as currency,
    status,
    handle as parent_id,
    category
from source
