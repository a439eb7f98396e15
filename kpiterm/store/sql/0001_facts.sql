-- The canonical tables and their superseded versions. A change of kpiterm/plugins/facts.py needs a new migration.

CREATE TABLE order_line (
    account VARCHAR,
    channel VARCHAR,
    order_id VARCHAR,
    line_key VARCHAR,
    ordered_at TIMESTAMP,
    updated_at TIMESTAMP,
    business_day DATE,
    status VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    title VARCHAR,
    quantity BIGINT,
    item_price DECIMAL(18,4),
    discount DECIMAL(18,4),
    shipping DECIMAL(18,4),
    tax DECIMAL(18,4),
    currency VARCHAR,
    fulfilment VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE order_line_history (
    account VARCHAR,
    channel VARCHAR,
    order_id VARCHAR,
    line_key VARCHAR,
    ordered_at TIMESTAMP,
    updated_at TIMESTAMP,
    business_day DATE,
    status VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    title VARCHAR,
    quantity BIGINT,
    item_price DECIMAL(18,4),
    discount DECIMAL(18,4),
    shipping DECIMAL(18,4),
    tax DECIMAL(18,4),
    currency VARCHAR,
    fulfilment VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE refund_line (
    account VARCHAR,
    channel VARCHAR,
    order_id VARCHAR,
    line_key VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    ordered_at TIMESTAMP,
    refunded_at TIMESTAMP,
    quantity BIGINT,
    amount DECIMAL(18,4),
    currency VARCHAR,
    reason VARCHAR,
    fault VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE refund_line_history (
    account VARCHAR,
    channel VARCHAR,
    order_id VARCHAR,
    line_key VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    ordered_at TIMESTAMP,
    refunded_at TIMESTAMP,
    quantity BIGINT,
    amount DECIMAL(18,4),
    currency VARCHAR,
    reason VARCHAR,
    fault VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE return_line (
    account VARCHAR,
    channel VARCHAR,
    order_id VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    returned_at TIMESTAMP,
    quantity BIGINT,
    condition VARCHAR,
    reason VARCHAR,
    status VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE return_line_history (
    account VARCHAR,
    channel VARCHAR,
    order_id VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    returned_at TIMESTAMP,
    quantity BIGINT,
    condition VARCHAR,
    reason VARCHAR,
    status VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE ad_day (
    account VARCHAR,
    channel VARCHAR,
    day DATE,
    last_day DATE,
    level VARCHAR,
    detail VARCHAR,
    ad_product VARCHAR,
    campaign_id VARCHAR,
    campaign VARCHAR,
    ad_group_id VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    term VARCHAR,
    spend DECIMAL(18,4),
    clicks BIGINT,
    impressions BIGINT,
    attributed_sales DECIMAL(18,4),
    attributed_orders BIGINT,
    attributed_units BIGINT,
    attribution_days BIGINT,
    currency VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE ad_day_history (
    account VARCHAR,
    channel VARCHAR,
    day DATE,
    last_day DATE,
    level VARCHAR,
    detail VARCHAR,
    ad_product VARCHAR,
    campaign_id VARCHAR,
    campaign VARCHAR,
    ad_group_id VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    term VARCHAR,
    spend DECIMAL(18,4),
    clicks BIGINT,
    impressions BIGINT,
    attributed_sales DECIMAL(18,4),
    attributed_orders BIGINT,
    attributed_units BIGINT,
    attribution_days BIGINT,
    currency VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE traffic_day (
    account VARCHAR,
    channel VARCHAR,
    day DATE,
    level VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    sessions BIGINT,
    page_views BIGINT,
    units BIGINT,
    order_items BIGINT,
    ordered_sales DECIMAL(18,4),
    refunded_units BIGINT,
    buy_box DECIMAL(18,8),
    currency VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE traffic_day_history (
    account VARCHAR,
    channel VARCHAR,
    day DATE,
    level VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    sessions BIGINT,
    page_views BIGINT,
    units BIGINT,
    order_items BIGINT,
    ordered_sales DECIMAL(18,4),
    refunded_units BIGINT,
    buy_box DECIMAL(18,8),
    currency VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE stock_level (
    account VARCHAR,
    channel VARCHAR,
    taken_at TIMESTAMP,
    sku VARCHAR,
    item_id VARCHAR,
    title VARCHAR,
    location VARCHAR,
    available BIGINT,
    inbound BIGINT,
    reserved BIGINT,
    unfulfillable BIGINT,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE stock_level_history (
    account VARCHAR,
    channel VARCHAR,
    taken_at TIMESTAMP,
    sku VARCHAR,
    item_id VARCHAR,
    title VARCHAR,
    location VARCHAR,
    available BIGINT,
    inbound BIGINT,
    reserved BIGINT,
    unfulfillable BIGINT,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE inbound (
    account VARCHAR,
    channel VARCHAR,
    shipment_id VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    status VARCHAR,
    created_at TIMESTAMP,
    arrives_at TIMESTAMP,
    shipped BIGINT,
    received BIGINT,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE inbound_history (
    account VARCHAR,
    channel VARCHAR,
    shipment_id VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    status VARCHAR,
    created_at TIMESTAMP,
    arrives_at TIMESTAMP,
    shipped BIGINT,
    received BIGINT,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE health_metric (
    account VARCHAR,
    channel VARCHAR,
    day DATE,
    metric VARCHAR,
    segment VARCHAR,
    period_start DATE,
    period_end DATE,
    numerator BIGINT,
    denominator BIGINT,
    rate DECIMAL(18,8),
    target DECIMAL(18,8),
    target_op VARCHAR,
    state VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE health_metric_history (
    account VARCHAR,
    channel VARCHAR,
    day DATE,
    metric VARCHAR,
    segment VARCHAR,
    period_start DATE,
    period_end DATE,
    numerator BIGINT,
    denominator BIGINT,
    rate DECIMAL(18,8),
    target DECIMAL(18,8),
    target_op VARCHAR,
    state VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE contact (
    account VARCHAR,
    channel VARCHAR,
    contact_id VARCHAR,
    order_id VARCHAR,
    received_at TIMESTAMP,
    replied_at TIMESTAMP,
    business_day DATE,
    needs_reply BOOLEAN,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE contact_history (
    account VARCHAR,
    channel VARCHAR,
    contact_id VARCHAR,
    order_id VARCHAR,
    received_at TIMESTAMP,
    replied_at TIMESTAMP,
    business_day DATE,
    needs_reply BOOLEAN,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE review (
    account VARCHAR,
    channel VARCHAR,
    review_id VARCHAR,
    kind VARCHAR,
    reviewed_at TIMESTAMP,
    order_id VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    rating BIGINT,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE review_history (
    account VARCHAR,
    channel VARCHAR,
    review_id VARCHAR,
    kind VARCHAR,
    reviewed_at TIMESTAMP,
    order_id VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    rating BIGINT,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE settlement_line (
    account VARCHAR,
    channel VARCHAR,
    settlement_id VARCHAR,
    posted_at TIMESTAMP,
    kind VARCHAR,
    detail VARCHAR,
    order_id VARCHAR,
    sku VARCHAR,
    quantity BIGINT,
    amount DECIMAL(18,4),
    currency VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE settlement_line_history (
    account VARCHAR,
    channel VARCHAR,
    settlement_id VARCHAR,
    posted_at TIMESTAMP,
    kind VARCHAR,
    detail VARCHAR,
    order_id VARCHAR,
    sku VARCHAR,
    quantity BIGINT,
    amount DECIMAL(18,4),
    currency VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE fee (
    account VARCHAR,
    channel VARCHAR,
    day DATE,
    kind VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    quantity BIGINT,
    amount DECIMAL(18,4),
    currency VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE fee_history (
    account VARCHAR,
    channel VARCHAR,
    day DATE,
    kind VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    quantity BIGINT,
    amount DECIMAL(18,4),
    currency VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE listing (
    account VARCHAR,
    channel VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    title VARCHAR,
    price DECIMAL(18,4),
    currency VARCHAR,
    status VARCHAR,
    parent_id VARCHAR,
    category VARCHAR,
    listed_at TIMESTAMP,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE listing_history (
    account VARCHAR,
    channel VARCHAR,
    sku VARCHAR,
    item_id VARCHAR,
    title VARCHAR,
    price DECIMAL(18,4),
    currency VARCHAR,
    status VARCHAR,
    parent_id VARCHAR,
    category VARCHAR,
    listed_at TIMESTAMP,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE cost (
    account VARCHAR,
    channel VARCHAR,
    sku VARCHAR,
    valid_from DATE,
    unit_cost DECIMAL(18,4),
    currency VARCHAR,
    recorded_at TIMESTAMP,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE cost_history (
    account VARCHAR,
    channel VARCHAR,
    sku VARCHAR,
    valid_from DATE,
    unit_cost DECIMAL(18,4),
    currency VARCHAR,
    recorded_at TIMESTAMP,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE market_estimate (
    account VARCHAR,
    channel VARCHAR,
    day DATE,
    item_id VARCHAR,
    metric VARCHAR,
    estimate DECIMAL(18,4),
    bound VARCHAR,
    currency VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE market_estimate_history (
    account VARCHAR,
    channel VARCHAR,
    day DATE,
    item_id VARCHAR,
    metric VARCHAR,
    estimate DECIMAL(18,4),
    bound VARCHAR,
    currency VARCHAR,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE keyword_rank (
    account VARCHAR,
    channel VARCHAR,
    day DATE,
    item_id VARCHAR,
    keyword VARCHAR,
    kind VARCHAR,
    rank BIGINT,
    bound VARCHAR,
    search_volume BIGINT,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE keyword_rank_history (
    account VARCHAR,
    channel VARCHAR,
    day DATE,
    item_id VARCHAR,
    keyword VARCHAR,
    kind VARCHAR,
    rank BIGINT,
    bound VARCHAR,
    search_volume BIGINT,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);

CREATE TABLE access_grant (
    account VARCHAR,
    channel VARCHAR,
    day DATE,
    principal VARCHAR,
    role VARCHAR,
    level VARCHAR,
    expires_at TIMESTAMP,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR
);

CREATE TABLE access_grant_history (
    account VARCHAR,
    channel VARCHAR,
    day DATE,
    principal VARCHAR,
    role VARCHAR,
    level VARCHAR,
    expires_at TIMESTAMP,
    source VARCHAR,
    run_id VARCHAR,
    loaded_at TIMESTAMP,
    payload VARCHAR,
    superseded_at TIMESTAMP NOT NULL,
    superseded_by VARCHAR NOT NULL
);
