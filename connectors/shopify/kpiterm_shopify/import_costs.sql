-- Costs hold from the day on which the file was written: it does not say since when they are so.
select distinct
    _payload,
    sku,
    business_day(utc(written_at), getvariable('channel')) as valid_from,
    cast(unit_cost as decimal(18, 4)) as unit_cost,
    getvariable('currency') as currency,
    utc(written_at) as recorded_at
from source
where unit_cost is not null and sku is not null
