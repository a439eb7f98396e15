-- What was run, read and decided.
CREATE TABLE run (
    run_id VARCHAR NOT NULL,
    account VARCHAR NOT NULL,
    connector VARCHAR NOT NULL,
    stream VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP NOT NULL,
    windows BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    superseded BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    requests BIGINT NOT NULL,
    throttled BIGINT NOT NULL,
    watermark TIMESTAMP,
    error_kind VARCHAR,
    error VARCHAR,
    hint VARCHAR
);

CREATE TABLE watermark (
    account VARCHAR NOT NULL,
    stream VARCHAR NOT NULL,
    watermark TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE payload (
    sha256 VARCHAR NOT NULL,
    account VARCHAR NOT NULL,
    stream VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    path_or_request VARCHAR NOT NULL,
    rows BIGINT NOT NULL,
    bytes BIGINT NOT NULL,
    run_id VARCHAR NOT NULL,
    loaded_at TIMESTAMP NOT NULL
);

-- The operation log as folded in from journal.jsonl; `detail` is JSON.
CREATE TABLE event (
    seq BIGINT NOT NULL,
    happened_at TIMESTAMP NOT NULL,
    actor VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    hash VARCHAR NOT NULL
);
