-- What reports are made of: how each mission went, and what each reader read in each hour. See 0001.
--
-- Stays, releases and exits follow from all events of a mission together. Asked of ten million scans that takes
-- seconds, so they are worked out beforehand: every minute, for the missions that something was written about. What
-- is appended replaces what was known of the mission before, so that corrections and late events come through, and
-- repeated ones change nothing. Nothing is added up as it arrives: a repeated batch would count twice.

-- What the event says, beside what it is: a mission's events lie together, those of a table of scans do not.
ALTER TABLE missionpath.mission_events
    ADD COLUMN IF NOT EXISTS process LowCardinality(Nullable(String)) COMMENT 'of iot_id_generated'
    AFTER resolved_by,
    ADD COLUMN IF NOT EXISTS node LowCardinality(Nullable(String)) AFTER process,
    ADD COLUMN IF NOT EXISTS direction LowCardinality(Nullable(String)) COMMENT 'IN or OUT, where the reader tells'
    AFTER node,
    ADD COLUMN IF NOT EXISTS reader LowCardinality(Nullable(String))
    COMMENT 'none of a scan that another mission had first' AFTER direction,
    ADD COLUMN IF NOT EXISTS status LowCardinality(Nullable(String)) COMMENT 'of customs_status_changed' AFTER reader,
    ADD COLUMN IF NOT EXISTS authority LowCardinality(Nullable(String)) AFTER status,
    ADD COLUMN IF NOT EXISTS signal LowCardinality(Nullable(String)) COMMENT 'of device_signalled' AFTER authority,
    ADD COLUMN IF NOT EXISTS retracts Nullable(UUID) COMMENT 'the event that does not count' AFTER signal;

-- Events of the releases before say it too. The same published_at: of two such rows the one inserted last holds.
INSERT INTO missionpath.mission_events
    (iot_id, event_id, record, occurred_at, resolved_by, process, node, direction, reader, status, authority, signal,
    retracts, kafka_topic, kafka_partition, kafka_offset, published_at)
SELECT
    event.iot_id, event.event_id, event.record, event.occurred_at, event.resolved_by, said.process, said.node,
    said.direction, said.reader, said.status, said.authority, said.signal, said.retracts, event.kafka_topic,
    event.kafka_partition, event.kafka_offset, event.published_at
FROM (SELECT * FROM missionpath.mission_events FINAL WHERE coalesce(process, node, status, signal) IS NULL
    AND retracts IS NULL AND record NOT IN ('mission_amended', 'alert_reviewed', 'observation_taken')) AS event
INNER JOIN
(
    SELECT event_id, CAST(NULL, 'Nullable(String)') AS process, CAST(node, 'Nullable(String)') AS node,
        CAST(direction, 'Nullable(String)') AS direction, CAST(reader, 'Nullable(String)') AS reader,
        CAST(NULL, 'Nullable(String)') AS status, CAST(NULL, 'Nullable(String)') AS authority,
        CAST(NULL, 'Nullable(String)') AS signal, CAST(NULL, 'Nullable(UUID)') AS retracts
    FROM missionpath.scans FINAL
    UNION ALL
    SELECT event_id, NULL, node, NULL, NULL, status, authority, NULL, NULL FROM missionpath.customs_statuses FINAL
    UNION ALL
    SELECT event_id, process, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM missionpath.iot_ids_generated FINAL
    UNION ALL
    SELECT event_id, NULL, node, NULL, NULL, NULL, NULL, signal, NULL FROM missionpath.device_signals FINAL
    UNION ALL
    SELECT event_id, NULL, node, NULL, NULL, NULL, NULL, NULL, NULL FROM missionpath.appointments FINAL
    UNION ALL
    SELECT event_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, retracts FROM missionpath.event_retractions FINAL
) AS said USING (event_id)
-- On disk rather than in memory, and however long it takes.
SETTINGS join_algorithm = 'partial_merge', max_execution_time = 0;

-- A view keeps the columns that it was made with.
CREATE OR REPLACE VIEW missionpath.v_mission_events AS
SELECT * FROM missionpath.mission_events FINAL
WHERE record != 'observation_taken'
    AND (iot_id, event_id) NOT IN
        (SELECT iot_id, event_id FROM missionpath.observations_recounted FINAL WHERE NOT counts);

CREATE TABLE IF NOT EXISTS missionpath.journeys
(
    iot_id UUID,
    process LowCardinality(String) COMMENT 'empty while customs has not said it',
    arrived_at Nullable(DateTime64(3, 'UTC')) COMMENT 'first read',
    declared_at Nullable(DateTime64(3, 'UTC')) COMMENT 'first DECLARED',
    released_at Nullable(DateTime64(3, 'UTC'))
        COMMENT 'last RELEASED or TO_DRY_PORT before the exit, the first after it if none was; none while withdrawn',
    exited_at Nullable(DateTime64(3, 'UTC')) COMMENT 'first read outwards after the last one inwards',
    ended_at Nullable(DateTime64(3, 'UTC')) COMMENT 'last DEFINITIVE or CANCELLED; later reads are in no stay',
    stays Nested
    (
        node LowCardinality(String),
        direction LowCardinality(String),
        since DateTime64(3, 'UTC'),
        until Nullable(DateTime64(3, 'UTC'))
    ),
    controls Nested
    (
        at DateTime64(3, 'UTC'),
        authority LowCardinality(String),
        status LowCardinality(String)
    ),
    as_of DateTime64(3, 'UTC') COMMENT 'what was written by then is in it'
)
ENGINE = ReplacingMergeTree(as_of)
ORDER BY iot_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'How each mission went; a stay lasts from the first read at a node to the first read elsewhere or the end';

-- Two minutes back: an insert may take one, and is dated when it begins.
CREATE MATERIALIZED VIEW IF NOT EXISTS missionpath.journeys_worked_out REFRESH EVERY 1 MINUTE APPEND
TO missionpath.journeys AS
WITH
    arrayFilter(each -> NOT has(retracted, each.2), plans) AS said,
    arrayFilter(each -> NOT has(retracted, each.2), rulings) AS ruled,
    arrayMap(each -> each.1, arrayFilter(each -> each.3 IN ('DEFINITIVE', 'CANCELLED'), ruled)) AS ends,
    if(empty(ends), NULL, ends[-1]) AS end_at,
    arrayFilter(each -> NOT has(retracted, each.2) AND each.1 <= ifNull(end_at, each.1), scans) AS reads,
    arrayFilter((each, before) -> each.3 != before, reads, arrayPopBack(arrayPushFront(reads.3, ''))) AS firsts,
    arrayMax(arrayMap(each -> if(each.4 = 'IN', each.1, toDateTime64(0, 3, 'UTC')), reads)) AS inwards_at,
    arrayMap(each -> each.1, arrayFilter(each -> each.4 = 'OUT' AND each.1 > inwards_at, reads)) AS exits,
    if(empty(exits), NULL, exits[1]) AS exit_at,
    arrayMap(each -> each.1, arrayFilter(each -> each.3 = 'DECLARED', ruled)) AS declarations,
    arrayMap(each -> each.1, arrayFilter(each -> each.3 IN ('RELEASED', 'TO_DRY_PORT'), ruled)) AS releases,
    arrayFilter(at -> at <= ifNull(exit_at, at), releases) AS releases_in_time,
    multiIf(notEmpty(releases_in_time), releases_in_time[-1], notEmpty(releases), releases[1], NULL) AS release_at,
    arrayExists(
        each -> each.3 = 'RELEASE_WITHDRAWN' AND each.1 >= release_at AND each.1 <= ifNull(exit_at, each.1), ruled
    ) AS is_withdrawn,
    arrayFilter(each -> startsWith(each.3, 'CONTROL_'), ruled) AS results
SELECT
    iot_id,
    if(empty(said), '', said[-1].3) AS process,
    if(empty(reads), NULL, reads[1].1) AS arrived_at,
    if(empty(declarations), NULL, declarations[1]) AS declared_at,
    if(is_withdrawn, NULL, release_at) AS released_at,
    exit_at AS exited_at,
    end_at AS ended_at,
    firsts.3 AS `stays.node`,
    firsts.4 AS `stays.direction`,
    firsts.1 AS `stays.since`,
    arrayMap(i -> if(i < length(firsts), firsts[i + 1].1, end_at), arrayEnumerate(firsts)) AS `stays.until`,
    results.1 AS `controls.at`,
    results.4 AS `controls.authority`,
    results.3 AS `controls.status`,
    now64(3) AS as_of
FROM
(
    SELECT
        iot_id,
        groupUniqArrayIf(assumeNotNull(retracts), retracts IS NOT NULL) AS retracted,
        arraySort(groupUniqArrayIf(
            (occurred_at, event_id, ifNull(process, '')), record = 'iot_id_generated'
        )) AS plans,
        arraySort(each -> (each.1, each.3, each.4), groupUniqArrayIf(
            (occurred_at, event_id, ifNull(node, ''), ifNull(direction, '')), record = 'id_scanned'
        )) AS scans,
        arraySort(each -> (each.1, each.3, each.4), groupUniqArrayIf(
            (occurred_at, event_id, ifNull(status, ''), ifNull(authority, '')), record = 'customs_status_changed'
        )) AS rulings
    -- Not through the view: FINAL would read four times as long, and an event that came twice is in the sets once.
    FROM missionpath.mission_events
    WHERE (iot_id, event_id) NOT IN
        (SELECT iot_id, event_id FROM missionpath.observations_recounted FINAL WHERE NOT counts)
        AND iot_id IN
    (
        SELECT iot_id FROM missionpath.mission_events
        WHERE written_at >= (SELECT max(as_of) - INTERVAL 2 MINUTE FROM missionpath.journeys)
        UNION ALL
        SELECT iot_id FROM missionpath.observations_recounted
        WHERE written_at >= (SELECT max(as_of) - INTERVAL 2 MINUTE FROM missionpath.journeys)
    )
    GROUP BY iot_id
)
-- In the order of the table: all missions at once, the first time, must not be held in memory.
SETTINGS optimize_aggregation_in_order = 1;

CREATE VIEW IF NOT EXISTS missionpath.v_journeys AS
SELECT * FROM missionpath.journeys FINAL;

CREATE TABLE IF NOT EXISTS missionpath.reader_hours
(
    node LowCardinality(String),
    reader LowCardinality(String),
    source LowCardinality(String),
    technology LowCardinality(String),
    hour DateTime('UTC'),
    reads UInt64,
    reads_unsure UInt64 COMMENT 'with an identifier read with a confidence below 0.75',
    confidences UInt64 COMMENT 'identifiers with a confidence',
    confidence_sum Float64,
    delay_sum_seconds Float64 COMMENT 'from the read to its publication',
    delay_max_seconds Float64,
    as_of DateTime64(3, 'UTC') COMMENT 'what was written by then is in it'
)
ENGINE = ReplacingMergeTree(as_of)
ORDER BY (node, reader, source, technology, hour)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'What each reader read in each hour, every scan once';

CREATE MATERIALIZED VIEW IF NOT EXISTS missionpath.reader_hours_worked_out REFRESH EVERY 1 MINUTE APPEND
TO missionpath.reader_hours AS
WITH
    hours AS
    (
        SELECT DISTINCT toStartOfHour(occurred_at) AS hour FROM missionpath.scans
        WHERE written_at >= (SELECT max(as_of) - INTERVAL 2 MINUTE FROM missionpath.reader_hours)
    ),
    arrayMap(one -> assumeNotNull(one), arrayFilter(one -> isNotNull(one), `identifiers.confidence`)) AS known
SELECT
    node,
    reader,
    source,
    technology,
    toStartOfHour(occurred_at) AS hour,
    count() AS reads,
    countIf(arrayExists(one -> one < 0.75, known)) AS reads_unsure,
    sum(length(known)) AS confidences,
    sum(arraySum(known)) AS confidence_sum,
    sum(dateDiff('millisecond', occurred_at, published_at)) / 1000 AS delay_sum_seconds,
    max(dateDiff('millisecond', occurred_at, published_at)) / 1000 AS delay_max_seconds,
    now64(3) AS as_of
FROM missionpath.v_scans
WHERE occurred_at >= (SELECT min(hour) FROM hours) AND occurred_at < (SELECT max(hour) + INTERVAL 1 HOUR FROM hours)
    AND toStartOfHour(occurred_at) IN (SELECT hour FROM hours)
GROUP BY node, reader, source, technology, hour;

CREATE VIEW IF NOT EXISTS missionpath.v_reader_hours AS
SELECT * FROM missionpath.reader_hours FINAL;
