-- Stock by location. What is incoming is not on hand yet; goods that the shop does not track have no stock to speak of.
with item as (
    select
        *,
        nullif(trim(sku), '') as own_sku,
        split_part(variants.nodes[1].id, '/', -1) as variant_id,
        variants.nodes[1].displayName as title
    from source
    where __parentId is null and tracked
),

loose as (
    select distinct on (__parentId, id)
        __parentId as parent,
        {'location': location, 'quantities': quantities} as stock
    from source
    where __parentId is not null
    order by __parentId, id, _payload desc
),

level as (
    select _payload, _taken_at, own_sku, variant_id, title, unnest(inventoryLevels.nodes) as stock
    from item
    union all by name
    select item._payload, item._taken_at, item.own_sku, item.variant_id, item.title, loose.stock
    from item inner join loose on loose.parent = item.id
),

counted as (
    select
        *,
        map_from_entries(list_transform(stock.quantities, lambda q: struct_pack(k := q."name", v := q.quantity))) as n
    from level
)

select
    _payload,
    utc(_taken_at) as taken_at,
    coalesce(own_sku, 'variant-' || variant_id) as sku,
    variant_id as item_id,
    title,
    stock.location."name" as location,
    n['available'] as available,
    n['incoming'] as inbound,
    n['committed'] + coalesce(n['reserved'], 0) + coalesce(n['safety_stock'], 0) as reserved,
    coalesce(n['damaged'] + n['quality_control'], n['damaged'], n['quality_control']) as unfulfillable
from counted
