-- What Amazon paid for units that it lost or damaged, to the seller positive. Later the same money is on a settlement:
-- a sum reads one source. The number is marked, so that it is never taken for that of a settlement.
select
    _payload,
    'reimbursement ' || "reimbursement-id" as settlement_id,
    utc("approval-date") as posted_at,
    'reimbursement' as kind,
    reason as detail,
    "amazon-order-id" as order_id,
    sku,
    "quantity-reimbursed-total" as quantity,
    cast(
        case
            when regexp_full_match("amount-total", '-?[0-9]+,[0-9]{1,2}|-?[0-9]{1,3}([.][0-9]{3})+,[0-9]{1,2}')
                then replace(replace("amount-total", '.', ''), ',', '.')
            else replace("amount-total", ',', '')
        end as decimal(18, 4)
    ) as amount,
    coalesce("currency-unit", getvariable('currency')) as currency
from source
where "reimbursement-id" is not null
