-- Everything that is known of one mission, in order.
--
-- Its events, what was told of its deviations, and the changes of its status.
--
-- Parameters: iot_id
-- Columns:
--   at         event time, UTC
--   what       the event; of a customs status the status, of an alert its change, of a mission its new status
--   node       where
--   by         the reader, the authority, or who reviewed
--   detail     the direction, the identifier that led here, the kind and the sentence of an alert
--   counts     false when the event was retracted

SELECT at, what, node, by, detail, counts
FROM
(
    SELECT
        occurred_at AS at,
        multiIf(status IS NOT NULL, toString(status), signal IS NOT NULL, toString(signal), record) AS what,
        toString(ifNull(node, '')) AS node,
        toString(coalesce(reader, authority, '')) AS by,
        arrayStringConcat(
            arrayFilter(part -> part != '', [
                toString(ifNull(process, '')),
                toString(ifNull(direction, '')),
                ifNull(resolved_by, ''),
                if(retracts IS NULL, '', concat('retracts ', toString(assumeNotNull(retracts))))
            ]),
            ' '
        ) AS detail,
        toBool(event_id NOT IN
        (SELECT retracts FROM v_mission_events WHERE iot_id = {iot_id:UUID} AND retracts IS NOT NULL)) AS counts,
        1 AS place
    FROM v_mission_events
    WHERE iot_id = {iot_id:UUID}
    UNION ALL
    SELECT
        changed_at AS at,
        concat('ALERT_', status) AS what,
        toString(ifNull(node, '')) AS node,
        toString(ifNull(reviewed_by, '')) AS by,
        concat(kind, ': ', sentence) AS detail,
        true AS counts,
        2 AS place
    FROM v_alert_history
    WHERE iot_id = {iot_id:UUID}
    UNION ALL
    SELECT
        min(changed_at) AS at,
        concat('MISSION_', status) AS what,
        '' AS node,
        '' AS by,
        '' AS detail,
        true AS counts,
        3 AS place
    FROM v_mission_state_history
    WHERE iot_id = {iot_id:UUID}
    GROUP BY status
)
ORDER BY at, place, what, by, detail
