-- The role of analysts on a ClickHouse server: everything but licence plates as they were told (docs/privacy.md).
--
-- Run it once after `missionpath migrate`, and again after each new release, as a user who may grant:
--     clickhouse-client --multiquery < deploy/clickhouse/analyst.sql
-- and give it to people: CREATE USER ada IDENTIFIED BY '…'; GRANT missionpath_analyst TO ada;
-- Each table is named, so that one of a later release is shown to nobody before somebody has decided that.

CREATE ROLE IF NOT EXISTS missionpath_analyst;

GRANT SELECT ON missionpath.alert_reviews TO missionpath_analyst;
GRANT SELECT ON missionpath.appointments TO missionpath_analyst;
GRANT SELECT ON missionpath.customs_statuses TO missionpath_analyst;
GRANT SELECT ON missionpath.dead_letters_settled TO missionpath_analyst;
GRANT SELECT ON missionpath.deviation_alerts TO missionpath_analyst;
GRANT SELECT ON missionpath.device_signals TO missionpath_analyst;
GRANT SELECT ON missionpath.event_retractions TO missionpath_analyst;
GRANT SELECT ON missionpath.id_bindings TO missionpath_analyst;
GRANT SELECT ON missionpath.iot_ids_generated TO missionpath_analyst;
GRANT SELECT ON missionpath.journeys TO missionpath_analyst;
GRANT SELECT ON missionpath.masses_verified TO missionpath_analyst;
GRANT SELECT ON missionpath.mission_amendments TO missionpath_analyst;
GRANT SELECT ON missionpath.mission_events TO missionpath_analyst;
GRANT SELECT ON missionpath.mission_states TO missionpath_analyst;
GRANT SELECT ON missionpath.observations_recounted TO missionpath_analyst;
GRANT SELECT ON missionpath.reader_hours TO missionpath_analyst;
GRANT SELECT ON missionpath.scans TO missionpath_analyst;
GRANT SELECT ON missionpath.train_compositions TO missionpath_analyst;
GRANT SELECT ON missionpath.train_permissions TO missionpath_analyst;
GRANT SELECT ON missionpath.units_expected TO missionpath_analyst;
GRANT SELECT ON missionpath.v_alert_history TO missionpath_analyst;
GRANT SELECT ON missionpath.v_alert_reviews TO missionpath_analyst;
GRANT SELECT ON missionpath.v_alerts TO missionpath_analyst;
GRANT SELECT ON missionpath.v_appointments TO missionpath_analyst;
GRANT SELECT ON missionpath.v_customs_statuses TO missionpath_analyst;
GRANT SELECT ON missionpath.v_dead_letters_settled TO missionpath_analyst;
GRANT SELECT ON missionpath.v_device_signals TO missionpath_analyst;
GRANT SELECT ON missionpath.v_event_retractions TO missionpath_analyst;
GRANT SELECT ON missionpath.v_id_bindings TO missionpath_analyst;
GRANT SELECT ON missionpath.v_iot_ids_generated TO missionpath_analyst;
GRANT SELECT ON missionpath.v_journeys TO missionpath_analyst;
GRANT SELECT ON missionpath.v_masses_verified TO missionpath_analyst;
GRANT SELECT ON missionpath.v_mission_amendments TO missionpath_analyst;
GRANT SELECT ON missionpath.v_mission_events TO missionpath_analyst;
GRANT SELECT ON missionpath.v_mission_state_history TO missionpath_analyst;
GRANT SELECT ON missionpath.v_mission_states TO missionpath_analyst;
GRANT SELECT ON missionpath.v_observations_recounted TO missionpath_analyst;
GRANT SELECT ON missionpath.v_open_alerts TO missionpath_analyst;
GRANT SELECT ON missionpath.v_reader_hours TO missionpath_analyst;
GRANT SELECT ON missionpath.v_scans TO missionpath_analyst;
GRANT SELECT ON missionpath.v_train_compositions TO missionpath_analyst;
GRANT SELECT ON missionpath.v_train_permissions TO missionpath_analyst;
GRANT SELECT ON missionpath.v_units_expected TO missionpath_analyst;
GRANT SELECT ON missionpath.v_vessel_calls TO missionpath_analyst;
GRANT SELECT ON missionpath.v_vessel_manifests TO missionpath_analyst;
GRANT SELECT ON missionpath.vessel_calls TO missionpath_analyst;
GRANT SELECT ON missionpath.vessel_manifests TO missionpath_analyst;
