-- Sponsored Products, one row a day and advertised product. Amazon's day, in the profile's time zone.
select
    _payload,
    "date" as day,
    "date" as last_day,
    'product' as level,
    _ad_product as ad_product,
    campaignId as campaign_id,
    campaignName as campaign,
    adGroupId as ad_group_id,
    advertisedSku as sku,
    advertisedAsin as item_id,
    cost as spend,
    clicks,
    impressions,
    sales7d as attributed_sales,
    purchases7d as attributed_orders,
    unitsSoldClicks7d as attributed_units,
    7 as attribution_days,
    coalesce(campaignBudgetCurrencyCode, getvariable('currency')) as currency
from source
