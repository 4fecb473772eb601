-- How long after their arrival units are released, by customs process, with and without pre-clearance.
--
-- A unit arrives with its first read. It is released, or sent on to the dry port, when the last such decision before
-- its exit was made; one that was released before it arrived waited for nothing.
--
-- Parameters: from and to (of the arrival), process
-- Columns:
--   process               customs process of the mission
--   pre_cleared           whether it was declared before it arrived
--   arrived               missions whose unit arrived
--   released              those of them that are released
--   release_median_hours  half of the released waited no longer
--   release_p95_hours     95 of 100 of them waited no longer
-- Picture: bars release_median_hours release_p95_hours by process pre_cleared

SELECT
    process,
    pre_cleared,
    count() AS arrived,
    countIf(is_released) AS released,
    if(released = 0, NULL, round(quantileExactInclusiveIf(0.5)(hours, is_released), 2)) AS release_median_hours,
    if(released = 0, NULL, round(quantileExactInclusiveIf(0.95)(hours, is_released), 2)) AS release_p95_hours
FROM
(
    SELECT
        process,
        toBool(ifNull(declared_at < arrived_at, false)) AS pre_cleared,
        isNotNull(released_at) AS is_released,
        greatest(0, dateDiff('millisecond', assumeNotNull(arrived_at), ifNull(released_at, arrived_at))) / 3600000
            AS hours
    FROM v_journeys
    WHERE arrived_at >= {from:DateTime64(3, 'UTC')} AND arrived_at < {to:DateTime64(3, 'UTC')}
        AND {process:String} IN ('', process)
)
GROUP BY process, pre_cleared
ORDER BY process, pre_cleared
