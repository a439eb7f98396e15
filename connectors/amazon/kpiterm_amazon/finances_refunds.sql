-- What buyers got back, by item: price, shipping and their taxes, less the promotion that is taken back with them; what
-- Amazon gives back or keeps of its fees, and tax that it collected itself, is no money of the buyer's. When the order
-- was placed is not said. A refund that is held back at first is posted twice: its first posting, whose moment stays,
-- is the one that counts.
with posting as (
    select
        _payload,
        list_filter(relatedIdentifiers, lambda r: r.relatedIdentifierName = 'ORDER_ID')[1]
            .relatedIdentifierValue as order_id,
        utc(postedDate) as refunded_at,
        description,
        totalAmount.currencyCode as currency,
        items,
        breakdowns
    from source
    where
        (
            transactionType ilike '%refund%'
            or transactionType ilike '%chargeback%'
            or transactionType ilike '%guarantee%claim%'
        )
        and not (
            coalesce(transactionStatus, 'RELEASED') = 'RELEASED'
            and len(list_filter(
                relatedIdentifiers, lambda r: r.relatedIdentifierName = 'DEFERRED_TRANSACTION_ID'
            )) > 0
        )
        -- Without a marketplace, the answer holds those of the whole region.
        and (
            marketplaceDetails.marketplaceName is null
            or lower(marketplaceDetails.marketplaceName) not like 'amazon.%'
            or lower(marketplaceDetails.marketplaceName) = getvariable('channel')
        )
),

item as (
    select
        * exclude (items, breakdowns, item),
        item.breakdowns as groups,
        list_filter(item.contexts, lambda c: c.sku is not null)[1] as product
    from (select *, unnest(items) as item from posting)
    union all
    select * exclude (items, breakdowns), breakdowns, null
    from posting
    where coalesce(len(items), 0) = 0
),

refund as (
    select
        *,
        -list_sum(flatten(list_transform(
            list_filter(
                groups,
                lambda g: not (
                    g.breakdownType ilike '%fee%'
                    or g.breakdownType ilike '%expense%'
                    or g.breakdownType ilike '%reimburse%'
                )
            ),
            lambda g: case
                when len(g.breakdowns) > 0
                    then list_transform(
                        list_filter(
                            g.breakdowns,
                            lambda b: not (b.breakdownType ilike '%facilitator%' or b.breakdownType ilike '%withheld%')
                        ),
                        lambda b: b.breakdownAmount.currencyAmount
                    )
                else [g.breakdownAmount.currencyAmount]
            end
        ))) as amount
    from item
)

select
    _payload,
    order_id,
    product.sku as sku,
    product.asin as item_id,
    refunded_at,
    product.quantityShipped as quantity,
    cast(amount as decimal(18, 4)) as amount,
    coalesce(currency, getvariable('currency')) as currency,
    description as reason
from refund
where order_id is not null and amount <> 0
