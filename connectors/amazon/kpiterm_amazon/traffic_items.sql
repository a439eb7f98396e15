-- One row a day and child ASIN. Percentages come as 0 to 100; a line that spans days belongs to none of them.
select
    _payload,
    startDate as day,
    'child' as level,
    cast(null as varchar) as sku,
    childAsin as item_id,
    traffic.sessions as sessions,
    traffic.pageViews as page_views,
    sales.unitsOrdered as units,
    sales.totalOrderItems as order_items,
    sales.orderedProductSales.amount as ordered_sales,
    sales.unitsRefunded as refunded_units,
    cast(traffic.buyBoxPercentage / 100 as decimal(18, 8)) as buy_box,
    sales.orderedProductSales.currencyCode as currency
from source
where startDate = endDate
