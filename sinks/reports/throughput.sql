-- How many units pass each gate in each hour, by direction.
--
-- A unit passes once, however many readers saw it and however often. Without a node, every node is shown whose
-- readers tell a direction. What no mission is known of does not count. Hours in which nothing passed are shown from
-- the first passage to the last.
--
-- Parameters: from and to (of the passage), node
-- Columns:
--   node       the gate
--   direction  IN or OUT, empty where the reader does not tell
--   hour       its beginning, UTC
--   passages   units that passed
-- Picture: line passages over hour by node direction

SELECT
    stay_node AS node,
    direction,
    toStartOfHour(since) AS hour,
    count() AS passages
FROM v_journeys
ARRAY JOIN stays.node AS stay_node, stays.direction AS direction, stays.since AS since
WHERE since >= {from:DateTime64(3, 'UTC')} AND since < {to:DateTime64(3, 'UTC')}
    AND if({node:String} = '', direction != '', stay_node = {node:String})
GROUP BY node, direction, hour
ORDER BY node, direction, hour WITH FILL STEP INTERVAL 1 HOUR
