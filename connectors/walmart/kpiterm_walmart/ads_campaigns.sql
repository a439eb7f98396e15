-- A day of a campaign: the snapshot is by ad group, which add up to their campaign.
select
    min(_payload) as _payload,
    "date" as day,
    "date" as last_day,
    'campaign' as level,
    'SP' as ad_product,
    campaignId as campaign_id,
    any_value(campaignName) as campaign,
    sum(adSpend) as spend,
    cast(sum(numAdsClicks) as bigint) as clicks,
    cast(sum(numAdsShown) as bigint) as impressions,
    sum(attributedSales14days) as attributed_sales,
    cast(sum(attributedOrders14days) as bigint) as attributed_orders,
    cast(sum(attributedUnits14days) as bigint) as attributed_units,
    14 as attribution_days,
    getvariable('currency') as currency
from source
group by "date", campaignId
