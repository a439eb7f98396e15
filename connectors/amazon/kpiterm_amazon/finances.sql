-- One row a component of a posting; the rows of a posting add up to its total. What is held back (DEFERRED) is one row
-- of kind deferred; once it is released, that row drops to nothing and the release is a posting of its own.
with posting as materialized (
    select
        _payload,
        row_number() over () as number,
        list_filter(relatedIdentifiers, lambda r: r.relatedIdentifierName = 'FINANCIAL_EVENT_GROUP_ID')[1]
            .relatedIdentifierValue as settlement_id,
        list_filter(relatedIdentifiers, lambda r: r.relatedIdentifierName = 'ORDER_ID')[1]
            .relatedIdentifierValue as order_id,
        utc(postedDate) as posted_at,
        coalesce(transactionType, 'Other') as transaction_type,
        coalesce(transactionStatus, 'RELEASED') as status,
        coalesce(description, transactionType) as description,
        totalAmount.currencyAmount as total,
        totalAmount.currencyCode as currency,
        items,
        breakdowns
    from source
    -- Without a marketplace, the answer holds those of the whole region.
    where
        marketplaceDetails.marketplaceName is null
        or lower(marketplaceDetails.marketplaceName) not like 'amazon.%'
        or lower(marketplaceDetails.marketplaceName) = getvariable('channel')
),

item as (
    select number, item.breakdowns as groups, list_filter(item.contexts, lambda c: c.sku is not null)[1] as product
    from (select number, unnest(items) as item from posting where status = 'RELEASED')
    union all
    -- Of some kinds (reimbursements), the whole is broken down and the items are not.
    select
        number,
        breakdowns,
        case when len(items) = 1 then list_filter(items[1].contexts, lambda c: c.sku is not null)[1] end
    from posting
    where status = 'RELEASED' and coalesce(len(list_filter(items, lambda i: len(i.breakdowns) > 0)), 0) = 0
),

component as (
    select
        number,
        product.sku as sku,
        product.quantityShipped as quantity,
        unnest(flatten(list_transform(
            groups,
            lambda g: case
                when len(g.breakdowns) > 0
                    then list_transform(
                        g.breakdowns,
                        lambda b: {
                            'grp': g.breakdownType, 'name': b.breakdownType, 'amount': b.breakdownAmount.currencyAmount
                        }
                    )
                else [{
                    'grp': g.breakdownType, 'name': g.breakdownType, 'amount': g.breakdownAmount.currencyAmount
                }]
            end
        ))) as part
    from item
),

released as (
    select
        number,
        case
            when part.grp ilike '%reimburse%' or part.name ilike '%reimburse%' then 'reimbursement'
            when part.grp ilike '%fee%' or part.grp = 'Expenses' then 'fee'
            when 'Tax' in (part.grp, part.name) then 'tax'
        end as own_kind,
        part.name as detail,
        sku,
        case when part.name in ('OurPricePrincipal', 'Principal') then quantity end as quantity,
        part.amount as amount
    from component
),

rest as (
    select
        posting.number,
        posting.total - coalesce(sum(released.amount), 0) as amount
    from posting
    left join released on released.number = posting.number
    where posting.status = 'RELEASED'
    group by posting.number, posting.total
),

line as (
    select * from released
    union all
    select number, null, 'not broken down', null, null, amount
    from rest
    where amount <> 0
    union all
    select
        number,
        'deferred',
        case status when 'DEFERRED' then description else 'released' end,
        null,
        null,
        case status when 'DEFERRED' then total else 0 end
    from posting
    where status <> 'RELEASED'
)

select
    posting._payload,
    posting.settlement_id,
    posting.posted_at,
    coalesce(
        line.own_kind,
        case posting.transaction_type
            when 'Shipment' then 'order'
            when 'ServiceFee' then 'fee'
            else lower(posting.transaction_type)
        end
    ) as kind,
    line.detail,
    posting.order_id,
    line.sku,
    line.quantity,
    cast(line.amount as decimal(18, 4)) as amount,
    coalesce(posting.currency, getvariable('currency')) as currency
from line
inner join posting on posting.number = line.number
