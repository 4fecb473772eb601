-- An observation may belong to a mission no more when a better or an earlier binding becomes known. See 0001.

ALTER TABLE missionpath.mission_events
    ADD COLUMN IF NOT EXISTS counts Bool DEFAULT true COMMENT 'false: it belongs to this mission no more'
    AFTER resolved_by;

CREATE OR REPLACE VIEW missionpath.v_mission_events AS
SELECT * FROM missionpath.mission_events FINAL WHERE counts;
