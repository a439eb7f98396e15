-- Lines of a payout. Commissions and charges are fees whatever they came with; a charge is named by its description,
-- everything else by its amount type. The report dates a line by day alone: it is put at that day's beginning.
select
    _payload,
    settlement as settlement_id,
    timezone('UTC', timezone(getvariable('timezone'), cast(posted_on as timestamp))) as posted_at,
    case
        when "type" = 'PaymentSummary' then 'transfer'
        when amount_type ilike '%commission%' or amount_type ilike '%fee%' then 'fee'
        when "type" = 'Sale' then 'order'
        when "type" = 'Refund' then 'refund'
        else lower("type")
    end as kind,
    case
        when amount_type ilike '%fee%' and description is not null then description
        else coalesce(amount_type, description)
    end as detail,
    order_id,
    sku,
    quantity,
    amount,
    coalesce(currency, getvariable('currency')) as currency
from source
