-- Sponsored Brands and Sponsored Display, one row a day and campaign. Their sales are those within fourteen days, after
-- a click or a view.
select
    _payload,
    "date" as day,
    "date" as last_day,
    'campaign' as level,
    _ad_product as ad_product,
    campaignId as campaign_id,
    campaignName as campaign,
    cast(null as varchar) as ad_group_id,
    cast(null as varchar) as sku,
    cast(null as varchar) as item_id,
    cost as spend,
    clicks,
    impressions,
    sales as attributed_sales,
    purchases as attributed_orders,
    unitsSold as attributed_units,
    14 as attribution_days,
    coalesce(campaignBudgetCurrencyCode, getvariable('currency')) as currency
from source
