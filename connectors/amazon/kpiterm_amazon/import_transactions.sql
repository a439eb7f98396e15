-- Transactions as the report gives them. Equal lines are real and count as often as they come; where two reports
-- overlap, a line counts as often as the one that has more of it. A transaction that was released stays released,
-- whatever an older report says of it.
with line as (
    select
        _payload,
        coalesce(channel, getvariable('channel')) as channel,
        settlement_id,
        utc(posted_at) as posted_at,
        kind,
        detail,
        order_id,
        sku,
        cast(quantity as bigint) as quantity,
        cast(amount as decimal(18, 4)) as amount,
        coalesce(currency, getvariable('currency')) as currency
    from source
),

keyed as (
    select
        *,
        hash(channel, posted_at, order_id) as of,
        hash(channel, posted_at, order_id, settlement_id, kind, detail, sku, quantity, amount, currency) as same
    from line
),

known as (
    select
        channel, settlement_id, posted_at, kind, detail, order_id, sku, quantity, amount, currency,
        hash(channel, posted_at, order_id) as of,
        hash(channel, posted_at, order_id, settlement_id, kind, detail, sku, quantity, amount, currency) as same
    from settlement_line
    where account = getvariable('account') and source = 'amazon.transactions'
),

-- Held back according to this report, and released according to an earlier import.
outdated as (
    select of from keyed group by of having bool_or(kind = 'deferred')
    intersect
    select of from known group by of having not bool_or(kind = 'deferred')
),

fresh as (
    select * from keyed where of not in (select of from outdated)
),

missing as (
    select known.* exclude (of, same), copies._payload
    from (select *, row_number() over (partition by same) as number from known) as known
    inner join (select same, count(*) as times, max(_payload) as _payload from fresh group by same) as copies
        on known.same = copies.same
    where known.number > copies.times
)

select * exclude (of, same) from fresh
union all by name
select * exclude (number) from missing
