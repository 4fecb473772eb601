-- How long units stay at each node, by customs process, with and without pre-clearance.
--
-- A stay lasts from the first read at a node to the first read elsewhere, or to the end of the mission; stays that
-- still last are left out. Pre-cleared is what was declared before the unit was first read.
--
-- Parameters: from and to (of the beginning of the stay), node, process
-- Columns:
--   process               customs process of the mission
--   node                  where the unit stayed
--   pre_cleared           whether it was declared before it arrived
--   stays                 how many stays have ended
--   dwell_median_minutes  half of them were not longer
--   dwell_p95_minutes     95 of 100 were not longer
-- Picture: bars dwell_median_minutes dwell_p95_minutes by node process pre_cleared

SELECT
    process,
    node,
    pre_cleared,
    count() AS stays,
    round(quantileExactInclusive(0.5)(minutes), 1) AS dwell_median_minutes,
    round(quantileExactInclusive(0.95)(minutes), 1) AS dwell_p95_minutes
FROM
(
    SELECT
        process,
        stay_node AS node,
        toBool(ifNull(declared_at < arrived_at, false)) AS pre_cleared,
        dateDiff('millisecond', since, assumeNotNull(until)) / 60000 AS minutes
    FROM v_journeys
    ARRAY JOIN stays.node AS stay_node, stays.since AS since, stays.until AS until
    WHERE until IS NOT NULL
        AND since >= {from:DateTime64(3, 'UTC')} AND since < {to:DateTime64(3, 'UTC')}
        AND {node:String} IN ('', stay_node) AND {process:String} IN ('', process)
)
GROUP BY process, node, pre_cleared
ORDER BY process, node, pre_cleared
