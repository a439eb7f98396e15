-- Sponsored Products, one row a day, ad group and search term: the targets that a term matched are added up.
select
    _payload,
    "date" as day,
    "date" as last_day,
    'search_term' as level,
    _ad_product as ad_product,
    campaignId as campaign_id,
    max(campaignName) as campaign,
    adGroupId as ad_group_id,
    searchTerm as term,
    cast(sum(cost) as decimal(18, 4)) as spend,
    cast(sum(clicks) as bigint) as clicks,
    cast(sum(impressions) as bigint) as impressions,
    cast(sum(sales7d) as decimal(18, 4)) as attributed_sales,
    cast(sum(purchases7d) as bigint) as attributed_orders,
    cast(sum(unitsSoldClicks7d) as bigint) as attributed_units,
    7 as attribution_days,
    coalesce(max(campaignBudgetCurrencyCode), getvariable('currency')) as currency
from source
group by _payload, "date", _ad_product, campaignId, adGroupId, searchTerm
