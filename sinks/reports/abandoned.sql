-- Which units wait, and nobody comes for them.
--
-- Those with an ABANDONED_UNIT alert that waits for somebody (docs/deviations.md); the port says after how long that
-- is. Authorities act otherwise on cleared goods than on uncleared ones (Guidelines §409-410).
--
-- Parameters: to (until when the days are counted, now at the latest), node
-- Columns:
--   iot_id          the mission
--   unit            the first identifier that customs gave it
--   process         customs process of the mission
--   node            where it was read last
--   cleared         whether customs has cleared it
--   since           when it was first read there
--   abandoned_at    when it had waited too long
--   days_here       since it was first read there
--   acknowledged    whether somebody has taken note

WITH
    waiting AS
    (
        SELECT assumeNotNull(iot_id) AS iot_id, ifNull(node, '') AS node, toBool(subject = 'cleared') AS cleared, deviated_at,
            toBool(status = 'ACKNOWLEDGED') AS acknowledged
        FROM v_open_alerts
        WHERE kind = 'ABANDONED_UNIT' AND iot_id IS NOT NULL AND deviated_at < {to:DateTime64(3, 'UTC')}
            AND {node:String} IN ('', ifNull(node, ''))
    ),
    journey AS
    (
        SELECT iot_id, process, if(empty(stays.since), NULL, stays.since[-1]) AS since FROM v_journeys
        WHERE iot_id IN (SELECT iot_id FROM waiting)
    ),
    named AS
    (
        SELECT iot_id, argMax(concat(identifiers.scheme[1], ':', identifiers.value[1]), occurred_at) AS unit
        FROM iot_ids_generated
        WHERE iot_id IN (SELECT iot_id FROM waiting)
        GROUP BY iot_id
    )
SELECT
    waiting.iot_id AS iot_id,
    named.unit AS unit,
    journey.process AS process,
    waiting.node AS node,
    waiting.cleared AS cleared,
    journey.since AS since,
    waiting.deviated_at AS abandoned_at,
    round(dateDiff('millisecond', since, least({to:DateTime64(3, 'UTC')}, now64(3, 'UTC'))) / 86400000, 1) AS days_here,
    waiting.acknowledged AS acknowledged
FROM waiting
LEFT JOIN journey ON journey.iot_id = waiting.iot_id
LEFT JOIN named ON named.iot_id = waiting.iot_id
ORDER BY abandoned_at, iot_id
