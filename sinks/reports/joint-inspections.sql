-- Which share of the inspections that were set is joint: several authorities on one visit.
--
-- Appointments for a control of the same unit at the same node that overlap are one visit (Guidelines §38, §41);
-- of an appointment its latest event holds. Those that were cancelled or retracted do not count.
--
-- Parameters: from and to (of the beginning of the visit), node
-- Columns:
--   node              where the units are inspected
--   visits            visits
--   joint             those of them with more than one authority
--   joint_share       the share, from 0 to 1
--   authorities_mean  authorities a visit

WITH
    standing AS
    (
        SELECT
            appointment_id,
            argMax(appointments.node, (occurred_at, event_id)) AS node,
            argMax((identifiers.scheme[1], identifiers.value[1]), (occurred_at, event_id)) AS unit,
            argMax(starts_at, (occurred_at, event_id)) AS starts,
            argMax(ends_at, (occurred_at, event_id)) AS ends,
            argMax(appointments.authorities, (occurred_at, event_id)) AS authorities,
            argMax(cancelled, (occurred_at, event_id)) AS is_cancelled
        FROM appointments
        WHERE purpose = 'CONTROL' AND event_id NOT IN (SELECT retracts FROM event_retractions)
        GROUP BY appointment_id
        HAVING NOT is_cancelled
    ),
    begun AS
    (
        SELECT *, ifNull(starts < max(toNullable(ends)) OVER earlier, false) AS goes_on FROM standing
        WINDOW earlier AS
        (
            PARTITION BY node, unit ORDER BY starts, appointment_id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        )
    ),
    numbered AS
    (
        SELECT *, sum(NOT goes_on) OVER (PARTITION BY node, unit ORDER BY starts, appointment_id) AS visit FROM begun
    ),
    visits AS
    (
        SELECT node, unit, visit, min(starts) AS visit_at, length(groupUniqArrayArray(authorities)) AS many
        FROM numbered
        GROUP BY node, unit, visit
    )
SELECT
    node,
    count() AS visits,
    countIf(many > 1) AS joint,
    round(joint / visits, 4) AS joint_share,
    round(avg(many), 2) AS authorities_mean
FROM visits
WHERE visit_at >= {from:DateTime64(3, 'UTC')} AND visit_at < {to:DateTime64(3, 'UTC')}
    AND {node:String} IN ('', node)
GROUP BY node
ORDER BY node
