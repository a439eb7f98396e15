-- One row a charge of a SKU on a day, cost positive, promotions and tax included; a refunded fee is negative.
-- Advertising is of kinds that begin with advertising: ad_day holds the same money.
with charge as (
    select
        _payload,
        startDate as day,
        msku as sku,
        childAsin as item_id,
        fee.feeTypeName as name,
        '' as prefix,
        unnest(fee.charges).aggregatedDetail as detail
    from (select *, unnest(fees) as fee from source where startDate = endDate)
    union all
    select
        _payload,
        startDate,
        msku,
        childAsin,
        ad.adTypeName,
        'advertising_',
        ad.charge
    from (select *, unnest(ads) as ad from source where startDate = endDate)
),

named as (
    select
        *,
        -- FbaStorageFee and "FBA storage fee" both become fba_storage.
        regexp_replace(
            trim(
                lower(regexp_replace(
                    regexp_replace(name, '([a-z0-9])([A-Z])', '\1_\2', 'g'), '[^A-Za-z0-9]+', '_', 'g'
                )),
                '_'
            ),
            '_(fee|fees|charge|charges)$', ''
        ) as plain
    from charge
)

select
    _payload,
    day,
    case plain
        when 'fba_storage' then 'storage'
        when 'fba_long_term_storage' then 'aged_inventory'
        when 'aged_inventory_surcharge' then 'aged_inventory'
        when 'fba_removal' then 'removal'
        else prefix || plain
    end as kind,
    sku,
    item_id,
    case when detail.quantity = floor(detail.quantity) then cast(detail.quantity as bigint) end as quantity,
    detail.totalAmount.amount as amount,
    detail.totalAmount.currencyCode as currency
from named
where detail.totalAmount.amount is not null
