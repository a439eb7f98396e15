-- Daily sums of the KPIs' measures, so that a board reads thousands of rows instead of millions. They are derived:
-- whatever changes a fact also notes its days in changed_day, and the sums of those days are made anew.
CREATE TABLE changed_day (
    fact VARCHAR NOT NULL,
    day_column VARCHAR NOT NULL,
    day DATE NOT NULL
);

CREATE TABLE kpi_rollup (
    number BIGINT NOT NULL,
    key VARCHAR NOT NULL
);

CREATE TABLE kpi_day (
    measure BIGINT NOT NULL,
    day DATE NOT NULL,
    channel VARCHAR,
    account VARCHAR,
    source VARCHAR,
    currency VARCHAR,
    part VARCHAR,
    upper DECIMAL(38,8),
    lower DECIMAL(38,8),
    sample BIGINT NOT NULL,
    missing BIGINT NOT NULL,
    loaded_at TIMESTAMP NOT NULL
);

CREATE TABLE kpi_day_history (
    measure BIGINT NOT NULL,
    day DATE NOT NULL,
    channel VARCHAR,
    account VARCHAR,
    source VARCHAR,
    currency VARCHAR,
    part VARCHAR,
    upper DECIMAL(38,8),
    lower DECIMAL(38,8),
    sample BIGINT NOT NULL,
    missing BIGINT NOT NULL,
    loaded_at TIMESTAMP NOT NULL,
    superseded_at TIMESTAMP NOT NULL
);
