-- Whether an observation counts in a mission is said by who judges the mission, in its revisions: what was told last of
-- an observation in mission_events is a matter of the order in which topics are repeated after a crash. See 0001.

CREATE TABLE IF NOT EXISTS missionpath.observations_recounted
(
    iot_id UUID,
    event_id UUID COMMENT 'of an event in mission_events',
    occurred_at DateTime64(3, 'UTC'),
    counts Bool COMMENT 'false: it was led to this mission and belongs to it no more',
    revision UInt64 COMMENT 'of the mission; the highest holds',
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(revision)
ORDER BY (iot_id, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Observations that count in a mission no more, or do again';

ALTER TABLE missionpath.mission_events DROP COLUMN IF EXISTS counts;

CREATE OR REPLACE VIEW missionpath.v_mission_events AS
SELECT * FROM missionpath.mission_events FINAL
WHERE record != 'observation_taken'
    AND (iot_id, event_id) NOT IN
        (SELECT iot_id, event_id FROM missionpath.observations_recounted FINAL WHERE NOT counts);

CREATE VIEW IF NOT EXISTS missionpath.v_observations_recounted AS
SELECT * FROM missionpath.observations_recounted FINAL;
