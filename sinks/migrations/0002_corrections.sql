-- Amendments of missions and retractions of events; bindings that end. See 0001 for the engine and the keys.

CREATE TABLE IF NOT EXISTS missionpath.mission_amendments
(
    event_id UUID,
    occurred_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    iot_id UUID,
    reason LowCardinality(String),
    incident LowCardinality(Nullable(String)) COMMENT 'kind of incident of UCC-IA Art. 305, if it was one',
    path Nested
    (
        node LowCardinality(String),
        required Bool,
        due_at Nullable(DateTime64(3, 'UTC'))
    ),
    added Nested
    (
        scheme LowCardinality(String),
        value String,
        confidence Nullable(Float64)
    ),
    removed Nested
    (
        scheme LowCardinality(String),
        value String,
        confidence Nullable(Float64)
    ),
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (reason, occurred_at, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'How customs changed missions under way; an empty path leaves the path as it was';

CREATE TABLE IF NOT EXISTS missionpath.event_retractions
(
    event_id UUID,
    occurred_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    retracts UUID COMMENT 'the event that does not count',
    retracted_at DateTime64(3, 'UTC') COMMENT 'when that event occurred',
    reason String,
    identifiers Nested
    (
        scheme LowCardinality(String),
        value String,
        confidence Nullable(Float64)
    ),
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (retracts, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Events that were taken back by whoever had reported them';

ALTER TABLE missionpath.id_bindings
    ADD COLUMN IF NOT EXISTS released Bool DEFAULT false COMMENT 'from valid_from on it no longer means this IOT_ID'
    AFTER valid_from;

CREATE OR REPLACE VIEW missionpath.v_id_bindings AS
SELECT * FROM missionpath.id_bindings FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_mission_amendments AS
SELECT * FROM missionpath.mission_amendments FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_event_retractions AS
SELECT * FROM missionpath.event_retractions FINAL;
