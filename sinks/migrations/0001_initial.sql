-- Every table of the sink, and the views that analysts read.
--
-- ReplacingMergeTree: an event that is delivered twice is one row in the end, and at once in the views, which read
-- with FINAL. The sorting key therefore ends in the id that makes a row unique; of two rows with the same key the one
-- published last holds.
-- No partitions: rows collapse only within one, and a batch with times from many months would make as many parts.
-- fsync: what was acknowledged to Kafka survives a power cut.

CREATE TABLE IF NOT EXISTS missionpath.iot_ids_generated
(
    event_id UUID,
    occurred_at DateTime64(3, 'UTC'),
    source LowCardinality(String) COMMENT 'the system that minted the IOT_ID',
    iot_id UUID,
    process LowCardinality(String) COMMENT 'customs process that the mission serves',
    identifiers Nested
    (
        scheme LowCardinality(String),
        value String,
        confidence Nullable(Float64)
    ),
    path Nested
    (
        node LowCardinality(String),
        required Bool,
        due_at Nullable(DateTime64(3, 'UTC'))
    ),
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (process, occurred_at, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'IOT_IDs that customs minted: what they bind together and the path they prescribe';

CREATE TABLE IF NOT EXISTS missionpath.scans
(
    event_id UUID,
    occurred_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    node LowCardinality(String),
    reader LowCardinality(String),
    technology LowCardinality(String) COMMENT 'OCR, RFID or BARCODE',
    direction LowCardinality(Nullable(String)) COMMENT 'IN or OUT, where the reader tells',
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
ORDER BY (node, occurred_at, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'What the ID-readers read, misreads included';

CREATE TABLE IF NOT EXISTS missionpath.customs_statuses
(
    event_id UUID,
    occurred_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    authority LowCardinality(String),
    status LowCardinality(String),
    hold_id Nullable(String) COMMENT 'of HOLD_PLACED and HOLD_LIFTED',
    node LowCardinality(Nullable(String)) COMMENT 'where the control will take place, if known',
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
ORDER BY (authority, occurred_at, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'What customs and other authorities decided';

CREATE TABLE IF NOT EXISTS missionpath.id_bindings
(
    event_id UUID,
    iot_id UUID,
    scheme LowCardinality(String),
    value String,
    valid_from DateTime64(3, 'UTC') COMMENT 'from then on the identifier means this IOT_ID, until the next binding',
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (scheme, value, valid_from, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Which identifier meant which IOT_ID since when';

CREATE TABLE IF NOT EXISTS missionpath.mission_events
(
    iot_id UUID,
    event_id UUID COMMENT 'of iot_ids_generated, scans or customs_statuses, as record says',
    record LowCardinality(String),
    occurred_at DateTime64(3, 'UTC'),
    resolved_by Nullable(String) COMMENT 'SCHEME:VALUE that led to the mission',
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (iot_id, occurred_at, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Which event belongs to which mission';

CREATE TABLE IF NOT EXISTS missionpath.mission_states
(
    iot_id UUID,
    revision UInt64,
    status LowCardinality(String),
    process LowCardinality(Nullable(String)),
    changed_at DateTime64(3, 'UTC'),
    last_node LowCardinality(Nullable(String)),
    last_read_at Nullable(DateTime64(3, 'UTC')),
    next_node LowCardinality(Nullable(String)),
    next_due_at Nullable(DateTime64(3, 'UTC')),
    nodes_reached Array(LowCardinality(String)),
    customs_statuses Array(LowCardinality(String)),
    open_holds Array(String),
    open_alerts Array(LowCardinality(String)) COMMENT 'kinds of deviation',
    reads UInt64 COMMENT 'distinct scans',
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (iot_id, revision)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Every state that a mission went through; the highest revision is where it stands';

CREATE TABLE IF NOT EXISTS missionpath.deviation_alerts
(
    alert_id UUID,
    revision UInt64,
    status LowCardinality(String) COMMENT 'RAISED, CHANGED or CLEARED',
    kind LowCardinality(String),
    severity LowCardinality(String),
    basis LowCardinality(String) COMMENT 'the clause that it rests on',
    subject String,
    iot_id Nullable(UUID),
    object_key Nullable(String) COMMENT 'SCHEME:VALUE of an object without IOT_ID',
    node LowCardinality(Nullable(String)),
    deviated_at DateTime64(3, 'UTC'),
    changed_at DateTime64(3, 'UTC'),
    sentence String,
    evidence Array(UUID) COMMENT 'event ids',
    trigger Nullable(UUID) COMMENT 'the event that brought the change; none when it was the clock',
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (alert_id, revision)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Every change of every deviation alert; the highest revision of an alert holds';

CREATE VIEW IF NOT EXISTS missionpath.v_iot_ids_generated AS
SELECT * FROM missionpath.iot_ids_generated FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_scans AS
SELECT * FROM missionpath.scans FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_customs_statuses AS
SELECT * FROM missionpath.customs_statuses FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_id_bindings AS
SELECT * FROM missionpath.id_bindings FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_mission_events AS
SELECT * FROM missionpath.mission_events FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_mission_state_history AS
SELECT * FROM missionpath.mission_states FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_mission_states AS
SELECT * FROM missionpath.mission_states FINAL
ORDER BY iot_id, revision DESC
LIMIT 1 BY iot_id;

CREATE VIEW IF NOT EXISTS missionpath.v_alert_history AS
SELECT * FROM missionpath.deviation_alerts FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_alerts AS
SELECT * FROM missionpath.deviation_alerts FINAL
ORDER BY alert_id, revision DESC
LIMIT 1 BY alert_id;

CREATE VIEW IF NOT EXISTS missionpath.v_open_alerts AS
SELECT * FROM missionpath.v_alerts WHERE status != 'CLEARED';
