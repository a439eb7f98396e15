-- One row a component of a V2 settlement. The first row holds the total alone and is left out: the components add up
-- to it. Amounts may have a decimal comma; moments come in two forms, and the currency may be on the first row only.
with line as (
    select
        _payload,
        trim("settlement-id") as settlement_id,
        max(currency) over (partition by _payload, "settlement-id") as currency,
        lower("marketplace-name") as marketplace,
        "transaction-type" as transaction_type,
        lower("amount-type") as amount_type,
        "amount-description" as description,
        "order-id" as order_id,
        sku,
        "quantity-purchased" as quantity,
        coalesce("posted-date-time", "posted-date") as posted,
        amount as amount_text,
        case
            when regexp_full_match(amount, '-?[0-9]+,[0-9]{1,2}|-?[0-9]{1,3}([.][0-9]{3})+,[0-9]{1,2}')
                then replace(replace(amount, '.', ''), ',', '.')
            else replace(amount, ',', '')
        end as amount
    from source
    where "settlement-id" is not null
),

dated as (
    select
        *,
        try_strptime(
            posted,
            [
                '%Y-%m-%d %H:%M:%S UTC', '%d.%m.%Y %H:%M:%S UTC', '%Y/%m/%d %H:%M:%S UTC', '%Y-%m-%d', '%d.%m.%Y',
                '%Y/%m/%d'
            ]
        ) as plain,
        try_strptime(
            posted,
            case getvariable('channel')
                when 'amazon.com' then ['%m/%d/%Y %H:%M:%S UTC', '%m/%d/%y', '%m/%d/%Y']
                else ['%d/%m/%Y %H:%M:%S UTC', '%d/%m/%y', '%d/%m/%Y']
            end
        ) as slashed,
        try_cast(posted as timestamptz) as exact
    from line
    where amount_text is not null and transaction_type is not null
)

select
    _payload,
    case
        when marketplace like 'amazon.%' then marketplace
        when marketplace like 'non-amazon%' then 'non-amazon'
        else getvariable('channel')
    end as channel,
    settlement_id,
    case
        -- In this order: %Y would take 11/02/26 for the year 11.
        when coalesce(slashed, plain) is not null then coalesce(slashed, plain)
        when exact is not null then timezone('UTC', exact)
        else error('posted-date ' || coalesce(posted, '(blank)') || ' of a settlement is in no known form')
    end as posted_at,
    case
        when amount_type in ('itemfees', 'shipment-fees', 'order-fees', 'cost of advertising') then 'fee'
        when transaction_type = 'ServiceFee' then 'fee'
        when amount_type = 'itemwithheldtax' then 'tax'
        when description in ('Previous Reserve Amount Balance', 'Current Reserve Amount') then 'transfer'
        when transaction_type ilike '%transfer%' then 'transfer'
        when amount_type like '%reimbursement%' then 'reimbursement'
        when transaction_type in ('Order', 'Shipment') then 'order'
        when transaction_type ilike '%refund%' or transaction_type ilike '%chargeback%' then 'refund'
        when transaction_type ilike 'other%' then 'other'
        else lower(transaction_type)
    end as kind,
    coalesce(description, amount_type, transaction_type) as detail,
    order_id,
    sku,
    -- Each component of an item repeats its quantity: it counts once, on the price of the goods.
    case when amount_type = 'itemprice' and description = 'Principal' then cast(quantity as bigint) end as quantity,
    cast(amount as decimal(18, 4)) as amount,
    coalesce(currency, getvariable('currency')) as currency
from dated
