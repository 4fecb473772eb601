-- How well each reader reads.
--
-- An unsure read holds an identifier with a confidence below 0.75, which never speaks against a mission. An unknown
-- one is among the evidence of an alert about an unknown object that stands: a stranger, or a misread. Hours without
-- a read are no fault where nothing passes.
--
-- Parameters: from and to (of the read, in whole hours), node
-- Columns:
--   node                 where it is
--   reader               its name
--   operator             the system that publishes its reads
--   technology           OCR, RFID or BARCODE
--   reads                what it read
--   hours                hours in which it read something
--   unsure_share         unsure reads, from 0 to 1
--   confidence_mean      of the identifiers that have a confidence, from 0 to 1
--   unknown              unknown reads
--   delay_mean_seconds   from a read to its publication
--   delay_max_seconds    the longest such delay
-- Picture: bars unsure_share by reader

WITH unknown_reads AS
(
    SELECT node, reader, source, technology, uniqExact(event_id) AS unknown FROM scans
    WHERE occurred_at >= {from:DateTime64(3, 'UTC')} AND occurred_at < {to:DateTime64(3, 'UTC')}
        AND event_id IN
        (SELECT arrayJoin(evidence) FROM v_alerts WHERE kind = 'UNKNOWN_OBJECT' AND status != 'CLEARED')
    GROUP BY node, reader, source, technology
)
SELECT
    hourly.node AS node,
    hourly.reader AS reader,
    hourly.source AS operator,
    hourly.technology AS technology,
    sum(hourly.reads) AS reads,
    count() AS hours,
    round(sum(reads_unsure) / reads, 4) AS unsure_share,
    if(sum(confidences) = 0, NULL, round(sum(confidence_sum) / sum(confidences), 4)) AS confidence_mean,
    any(unknown_reads.unknown) AS unknown,
    round(sum(delay_sum_seconds) / reads, 1) AS delay_mean_seconds,
    round(max(hourly.delay_max_seconds), 1) AS delay_max_seconds
FROM v_reader_hours AS hourly
LEFT JOIN unknown_reads USING (node, reader, source, technology)
WHERE hour >= {from:DateTime64(3, 'UTC')} AND hour < {to:DateTime64(3, 'UTC')}
    AND {node:String} IN ('', hourly.node)
GROUP BY node, reader, operator, technology
ORDER BY unsure_share DESC, node, reader, operator, technology
