-- A balance transaction's amount and its fee, each on a line of its own, once they belong to a payout.
with booked as (
    select
        _payload,
        split_part(associatedPayout.id, '/', -1) as settlement_id,
        utc(transactionDate) as posted_at,
        type,
        adjustmentReason as reason,
        split_part(associatedOrder.id, '/', -1) as order_id,
        cast(amount.amount as decimal(18, 4)) as gross,
        amount.currencyCode as currency,
        cast(fee.amount as decimal(18, 4)) as fee,
        coalesce(fee.currencyCode, amount.currencyCode) as fee_currency
    from source
    where not coalesce(test, false) and associatedPayout.id is not null
)

select
    _payload,
    settlement_id,
    posted_at,
    case
        when type = 'CHARGE' then 'order'
        when type like 'REFUND%' then 'refund'
        when type like 'DISPUTE%' or type like 'CHARGEBACK%' then 'dispute'
        when type like '%\_FEE%' escape '\' or type like 'SHIPPING\_%' escape '\' then 'fee'
        when type like 'TRANSFER%' then 'transfer'
        when type like 'RESERVED\_FUNDS%' escape '\' then 'reserve'
        else 'adjustment'
    end as kind,
    concat_ws(' ', lower(type), reason) as detail,
    order_id,
    gross as amount,
    currency
from booked
where gross <> 0
union all
select
    _payload,
    settlement_id,
    posted_at,
    'fee' as kind,
    concat_ws(' ', lower(type), 'fee') as detail,
    order_id,
    -fee as amount,
    fee_currency as currency
from booked
where fee <> 0
