-- A day of an advertised item; Walmart Connect knows items by their item id, not by the seller's SKU.
select
    _payload,
    "date" as day,
    "date" as last_day,
    'product' as level,
    'SP' as ad_product,
    campaignId as campaign_id,
    campaignName as campaign,
    adGroupId as ad_group_id,
    itemId as item_id,
    adSpend as spend,
    cast(numAdsClicks as bigint) as clicks,
    cast(numAdsShown as bigint) as impressions,
    attributedSales14days as attributed_sales,
    cast(attributedOrders14days as bigint) as attributed_orders,
    cast(attributedUnits14days as bigint) as attributed_units,
    14 as attribution_days,
    getvariable('currency') as currency
from source
