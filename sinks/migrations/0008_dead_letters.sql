-- What could not be used, for analysts: the whole record stays in Kafka, among the dead letters of its topic.

CREATE TABLE IF NOT EXISTS missionpath.dead_letters
(
    origin_topic LowCardinality(String) COMMENT 'where the record was read',
    origin_partition UInt32,
    origin_offset UInt64,
    agent LowCardinality(String) COMMENT 'which worker could not use it',
    reason LowCardinality(String) COMMENT 'a short word',
    detail String COMMENT 'which field or column, and why; no values',
    key Nullable(String) COMMENT 'at most 256 characters',
    value_base64 String COMMENT 'the first 4,096 bytes; base64Decode gives them',
    value_bytes Nullable(UInt64) COMMENT 'how long the value is; none without a value',
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC') COMMENT 'when it was put aside',
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (origin_topic, origin_partition, origin_offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Records that could not be used, one row a record';

CREATE TABLE IF NOT EXISTS missionpath.dead_letters_settled
(
    origin_topic LowCardinality(String),
    origin_partition UInt32,
    origin_offset UInt64,
    settled LowCardinality(String) COMMENT 'REPLAYED or DROPPED',
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC') COMMENT 'when',
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (origin_topic, origin_partition, origin_offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Dead letters that somebody has seen to';

CREATE VIEW IF NOT EXISTS missionpath.v_dead_letters AS
SELECT * FROM missionpath.dead_letters FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_dead_letters_settled AS
SELECT * FROM missionpath.dead_letters_settled FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_open_dead_letters AS
SELECT * FROM missionpath.dead_letters FINAL
WHERE (origin_topic, origin_partition, origin_offset) NOT IN
    (SELECT origin_topic, origin_partition, origin_offset FROM missionpath.dead_letters_settled);
