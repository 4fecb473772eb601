-- How long units stay after they are released, by customs process and exit.
--
-- A unit leaves with the first read outwards after its last one inwards; the reader has to tell the direction.
--
-- Parameters: from and to (of the exit), node (the exit), process
-- Columns:
--   process              customs process of the mission
--   node                 where the unit left
--   left                 missions whose unit left
--   left_unreleased      those of them that were not released by then
--   exit_median_hours    half of those that left released did so within this time of their release
--   exit_p95_hours       95 of 100 of them did
-- Picture: bars exit_median_hours exit_p95_hours by node process

SELECT
    process,
    node,
    count() AS left,
    countIf(NOT in_order) AS left_unreleased,
    if(left = left_unreleased, NULL, round(quantileExactInclusiveIf(0.5)(hours, in_order), 2)) AS exit_median_hours,
    if(left = left_unreleased, NULL, round(quantileExactInclusiveIf(0.95)(hours, in_order), 2)) AS exit_p95_hours
FROM
(
    SELECT
        process,
        stays.node[arrayLastIndex(since -> since <= assumeNotNull(exited_at), stays.since)] AS node,
        ifNull(released_at <= exited_at, false) AS in_order,
        dateDiff('millisecond', ifNull(released_at, exited_at), assumeNotNull(exited_at)) / 3600000 AS hours
    FROM v_journeys
    WHERE exited_at >= {from:DateTime64(3, 'UTC')} AND exited_at < {to:DateTime64(3, 'UTC')}
        AND {process:String} IN ('', process)
)
WHERE {node:String} IN ('', node)
GROUP BY process, node
ORDER BY process, node
