-- How often what deviates, by kind, node, reader or operator.
--
-- Every alert that stands or was disposed of counts once; cleared ones do not. A reader has part in an alert when a
-- scan of its is among the evidence, and its operator is the system that published the scan. The rate is that of a
-- thousand missions by kind, of a thousand reads otherwise.
--
-- Parameters: from and to (of the deviation), by (kind, node, reader or operator), kind, node
-- Columns:
--   value          the kind, node, reader or operator; empty when the alert names none
--   deviations     alerts
--   open           those of them that wait for somebody
--   confirmed      those of them that were disposed of as confirmed
--   unfounded      those of them that were disposed of as unfounded
--   base           missions that arrived in the time by kind, else reads
--   per_thousand   deviations of a thousand of them
-- Picture: bars per_thousand by value

WITH
    standing AS
    (
        SELECT alert_id, kind, ifNull(node, '') AS node, status, outcome, evidence FROM v_alerts
        WHERE status != 'CLEARED'
            AND deviated_at >= {from:DateTime64(3, 'UTC')} AND deviated_at < {to:DateTime64(3, 'UTC')}
            AND {kind:String} IN ('', kind) AND {node:String} IN ('', node)
    ),
    -- Without FINAL, which would merge ten million rows: a scan that came twice says the same twice.
    seen AS
    (
        SELECT event_id, if({by:String} = 'reader', any(reader), any(source)) AS value FROM scans
        WHERE {by:String} IN ('reader', 'operator')
            AND event_id IN (SELECT arrayJoin(evidence) FROM standing)
        GROUP BY event_id
    ),
    parts AS
    (
        SELECT DISTINCT alert_id, value, status, outcome
        FROM
        (
            SELECT alert_id, status, outcome, arrayJoin(evidence) AS event_id FROM standing
            WHERE {by:String} IN ('reader', 'operator')
        ) AS said
        INNER JOIN seen USING event_id
        UNION ALL
        SELECT alert_id, if({by:String} = 'kind', kind, node) AS value, status, outcome FROM standing
        WHERE {by:String} NOT IN ('reader', 'operator')
    ),
    bases AS
    (
        SELECT multiIf({by:String} = 'node', node, {by:String} = 'reader', reader, source) AS value,
            sum(reads) AS base
        FROM v_reader_hours
        WHERE hour >= {from:DateTime64(3, 'UTC')} AND hour < {to:DateTime64(3, 'UTC')}
        GROUP BY value
    ),
    (
        SELECT count() FROM v_journeys
        WHERE arrived_at >= {from:DateTime64(3, 'UTC')} AND arrived_at < {to:DateTime64(3, 'UTC')}
    ) AS missions
SELECT
    found.value AS value,
    found.deviations AS deviations,
    found.open AS open,
    found.confirmed AS confirmed,
    found.unfounded AS unfounded,
    if({by:String} = 'kind', missions, bases.base) AS base,
    if(base = 0, NULL, round(1000 * deviations / base, 3)) AS per_thousand
FROM
(
    SELECT
        value,
        count() AS deviations,
        countIf(status != 'DISPOSED') AS open,
        countIf(outcome = 'CONFIRMED') AS confirmed,
        countIf(outcome = 'UNFOUNDED') AS unfounded
    FROM parts
    GROUP BY value
) AS found
LEFT JOIN bases ON bases.value = found.value
ORDER BY deviations DESC, value
