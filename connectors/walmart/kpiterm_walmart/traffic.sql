-- One row per item and day. Walmart's GMV is authorised less cancelled less refunded sales: what was refunded is put
-- back, since ordered sales do not fall by later refunds.
with said as (
    select
        _payload,
        coalesce("Date", "Report Date", "Order Date", "Order Placed Date", "Day") as day_text,
        coalesce("SKU ID", "SKU") as sku,
        coalesce("Item ID", "Base Item ID") as item_id,
        regexp_replace("GMV", '[$,\s]', '', 'g') as gmv,
        regexp_replace("Refunded Sales", '[$,\s]', '', 'g') as refunded,
        replace(coalesce("Total Units", "Total Units Sold", "Units Sold", "Units"), ',', '') as units,
        replace("Refunded Units", ',', '') as refunded_units,
        replace("Authorized Orders", ',', '') as orders,
        replace("Total Product Visits", ',', '') as visits,
        replace(coalesce("Product Level Pageviews", "Page Views"), ',', '') as views
    from source
)

select
    _payload,
    cast(coalesce(
        try_strptime(day_text, ['%Y-%m-%d', '%m/%d/%Y', '%Y%m%d', '%m/%d/%y', '%Y-%m-%d %H:%M:%S']),
        utc(day_text),
        error('item performance report: a row has no date, so that its day is unknown')
    ) as date) as day,
    'sku' as level,
    sku,
    item_id,
    cast(cast(nullif(visits, '') as decimal(18, 4)) as bigint) as sessions,
    cast(cast(nullif(views, '') as decimal(18, 4)) as bigint) as page_views,
    cast(cast(nullif(units, '') as decimal(18, 4)) as bigint) as units,
    cast(cast(nullif(orders, '') as decimal(18, 4)) as bigint) as order_items,
    cast(nullif(gmv, '') as decimal(18, 4)) + abs(coalesce(cast(nullif(refunded, '') as decimal(18, 4)), 0))
        as ordered_sales,
    cast(cast(nullif(refunded_units, '') as decimal(18, 4)) as bigint) as refunded_units,
    getvariable('currency') as currency
from said
