-- One row a day for the whole account. Percentages come as 0 to 100; a missing one stays NULL.
select
    _payload,
    "date" as day,
    'account' as level,
    cast(null as varchar) as sku,
    cast(null as varchar) as item_id,
    trafficByDate.sessions as sessions,
    trafficByDate.pageViews as page_views,
    salesByDate.unitsOrdered as units,
    salesByDate.totalOrderItems as order_items,
    salesByDate.orderedProductSales.amount as ordered_sales,
    salesByDate.unitsRefunded as refunded_units,
    cast(trafficByDate.buyBoxPercentage / 100 as decimal(18, 8)) as buy_box,
    salesByDate.orderedProductSales.currencyCode as currency
from source
