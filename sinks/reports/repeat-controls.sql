-- Which units were controlled more than once on one mission.
--
-- A control counts with its recorded result. One that is recorded already should not be repeated (Guidelines §45),
-- and those of several authorities should be one visit (§41).
--
-- Parameters: from and to (of the last control)
-- Columns:
--   iot_id               the mission
--   unit                 the first identifier that customs gave it
--   process              customs process of the mission
--   controls             results recorded
--   authorities          who recorded them
--   same_authority       controls beyond the first of the same authority
--   first_at             first result
--   last_at              last result
--   apart_hours          from the first to the last

SELECT
    iot_id,
    unit,
    process,
    length(controls.at) AS controls,
    arraySort(arrayDistinct(controls.authority)) AS authorities,
    controls - length(authorities) AS same_authority,
    controls.at[1] AS first_at,
    controls.at[-1] AS last_at,
    round(dateDiff('millisecond', first_at, last_at) / 3600000, 2) AS apart_hours
FROM v_journeys AS journey
LEFT JOIN
(
    SELECT iot_id, argMax(concat(identifiers.scheme[1], ':', identifiers.value[1]), occurred_at) AS unit
    FROM iot_ids_generated
    WHERE iot_id IN (SELECT iot_id FROM v_journeys WHERE length(controls.at) > 1)
    GROUP BY iot_id
) AS named USING iot_id
WHERE length(controls.at) > 1
    AND last_at >= {from:DateTime64(3, 'UTC')} AND last_at < {to:DateTime64(3, 'UTC')}
ORDER BY same_authority DESC, controls DESC, last_at, iot_id
