-- Which readers and operators have more to do with deviations than others: where an insider may be at work.
--
-- A reader has part in an alert when a scan of its is among the evidence; the alert stands or was disposed of, but not
-- as unfounded. Expected is what it would have with the rate of all readers of its node together, so that a busy or a
-- difficult place accuses nobody. A suspicion, no finding (Guidelines §307, §314-319).
--
-- Parameters: from and to (of the deviation), kind, node
-- Columns:
--   node         where the reader is
--   reader       its name
--   operator     the system that publishes its reads
--   reads        what it read
--   anomalies    alerts that it has part in
--   confirmed    those of them that were confirmed
--   expected     alerts that it would have part in at the rate of its node
--   excess       standard deviations above what is expected; below 0 it has fewer
-- Picture: bars anomalies expected by reader

WITH
    standing AS
    (
        SELECT alert_id, outcome, evidence FROM v_alerts
        WHERE status != 'CLEARED' AND ifNull(outcome, '') != 'UNFOUNDED'
            AND deviated_at >= {from:DateTime64(3, 'UTC')} AND deviated_at < {to:DateTime64(3, 'UTC')}
            AND {kind:String} IN ('', kind)
    ),
    -- Without FINAL, which would merge ten million rows: a scan that came twice says the same twice.
    seen AS
    (
        SELECT event_id, any(scans.node) AS node, any(scans.reader) AS reader, any(scans.source) AS source FROM scans
        WHERE event_id IN (SELECT arrayJoin(evidence) FROM standing)
        GROUP BY event_id
    ),
    parts AS
    (
        SELECT node, reader, source, uniqExact(alert_id) AS anomalies,
            uniqExactIf(alert_id, outcome = 'CONFIRMED') AS confirmed
        FROM (SELECT alert_id, outcome, arrayJoin(evidence) AS event_id FROM standing) AS said
        INNER JOIN seen USING event_id
        GROUP BY node, reader, source
    ),
    busy AS
    (
        SELECT node, reader, source, sum(v_reader_hours.reads) AS reads FROM v_reader_hours
        WHERE hour >= {from:DateTime64(3, 'UTC')} AND hour < {to:DateTime64(3, 'UTC')}
        GROUP BY node, reader, source
    )
SELECT node, reader, operator, reads, anomalies, confirmed, round(usual, 2) AS expected,
    if(usual = 0, 0, round((anomalies - usual) / sqrt(usual), 2)) AS excess
FROM
(
    SELECT
        busy.node AS node,
        busy.reader AS reader,
        busy.source AS operator,
        busy.reads AS reads,
        parts.anomalies AS anomalies,
        parts.confirmed AS confirmed,
        reads * sum(anomalies) OVER (PARTITION BY node) / sum(reads) OVER (PARTITION BY node) AS usual
    FROM busy
    LEFT JOIN parts USING (node, reader, source)
    WHERE {node:String} IN ('', busy.node)
)
ORDER BY excess DESC, node, reader, operator
