-- Returns of orders that the seller shipped, at the start of the business day on which the buyer asked for one.
-- Where days and months are numbers, the United States write the month first.
with line as (
    select
        _payload,
        "Order ID" as order_id,
        "Merchant SKU" as sku,
        asin as item_id,
        "Return request date" as asked,
        coalesce(
            try_strptime(
                "Return request date",
                case getvariable('channel') when 'amazon.com' then '%m/%d/%Y' else '%d/%m/%Y' end
            ),
            try_strptime("Return request date", ['%d-%b-%Y', '%Y-%m-%d', '%Y/%m/%d', '%d.%m.%Y'])
        ) as asked_on,
        "Return quantity" as quantity,
        "Return Reason" as reason,
        "Return request status" as status
    from source
    where "Order ID" is not null
)

select
    _payload,
    order_id,
    sku,
    item_id,
    case
        when asked_on is null then error('Return request date ' || coalesce(asked, '') || ' is in no known form')
        else timezone('UTC', timezone(getvariable('timezone'), asked_on))
    end as returned_at,
    quantity,
    reason,
    status
from line
