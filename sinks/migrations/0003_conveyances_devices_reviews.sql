-- Trains, ship's calls, devices, appointments and reviews of alerts. See 0001 for the engine and the keys.
--
-- A single identifier is three columns, named like its field: ship_scheme, ship_value, ship_confidence.
-- One row a unit: SELECT units.unit_value, units.mrns FROM v_vessel_manifests ARRAY JOIN units
-- One row a declaration: SELECT units.unit_value, mrn FROM … ARRAY JOIN units ARRAY JOIN units.mrns AS mrn

CREATE TABLE IF NOT EXISTS missionpath.device_signals
(
    event_id UUID,
    occurred_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    device String,
    signal LowCardinality(String) COMMENT 'a suspicion until somebody has looked',
    identifiers Nested
    (
        scheme LowCardinality(String),
        value String,
        confidence Nullable(Float64)
    ),
    node LowCardinality(Nullable(String)) COMMENT 'the place in which the platform of the device sees it',
    latitude Nullable(Float64) COMMENT 'degrees of WGS 84, as longitude',
    longitude Nullable(Float64),
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (signal, occurred_at, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'What smart containers and electronic seals reported';

CREATE TABLE IF NOT EXISTS missionpath.appointments
(
    event_id UUID,
    occurred_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    appointment_id String,
    purpose LowCardinality(String) COMMENT 'GATE_SLOT or CONTROL',
    node LowCardinality(String),
    starts_at DateTime64(3, 'UTC'),
    ends_at DateTime64(3, 'UTC'),
    identifiers Nested
    (
        scheme LowCardinality(String),
        value String,
        confidence Nullable(Float64)
    ),
    authorities Array(LowCardinality(String)) COMMENT 'those who control',
    cancelled Bool,
    not_before Nullable(DateTime64(3, 'UTC')) COMMENT 'the parties must not be told of the control earlier',
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (node, starts_at, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Slots and controls as they were set; the latest event of an appointment_id holds';

CREATE TABLE IF NOT EXISTS missionpath.alert_reviews
(
    event_id UUID,
    occurred_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    alert_id UUID,
    review LowCardinality(String) COMMENT 'ACKNOWLEDGED or DISPOSED',
    iot_id Nullable(UUID),
    object_key Nullable(String) COMMENT 'what the alert is about when that is no IOT_ID',
    outcome LowCardinality(Nullable(String)) COMMENT 'of DISPOSED: CONFIRMED, UNFOUNDED or INCONCLUSIVE',
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (alert_id, occurred_at, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'How customs dealt with alerts; the alert itself says which review is in force';

CREATE TABLE IF NOT EXISTS missionpath.train_compositions
(
    event_id UUID,
    occurred_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    train String,
    stage LowCardinality(String) COMMENT 'LOADING_LIST or MANIFEST',
    units Nested
    (
        unit_scheme LowCardinality(String),
        unit_value String,
        unit_confidence Nullable(Float64),
        wagon_scheme LowCardinality(Nullable(String)),
        wagon_value Nullable(String),
        wagon_confidence Nullable(Float64),
        mrns Array(String),
        transport_document Nullable(String)
    ),
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (train, occurred_at, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'What a train may carry or carries; the latest manifest of a train holds, whole';

CREATE TABLE IF NOT EXISTS missionpath.train_permissions
(
    event_id UUID,
    occurred_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    train String,
    permission LowCardinality(String) COMMENT 'REQUESTED, GRANTED, REFUSED or WITHDRAWN',
    authority LowCardinality(String),
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (train, occurred_at, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Permissions of trains to leave, asked for, given or not';

CREATE TABLE IF NOT EXISTS missionpath.vessel_manifests
(
    event_id UUID,
    occurred_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    call String COMMENT 'of a ship at the port',
    ship_scheme LowCardinality(String),
    ship_value String,
    ship_confidence Nullable(Float64),
    movement LowCardinality(String) COMMENT 'DISCHARGE or LOADING',
    units Nested
    (
        unit_scheme LowCardinality(String),
        unit_value String,
        unit_confidence Nullable(Float64),
        gross_mass_kg Nullable(UInt32),
        dangerous Bool,
        mrns Array(String)
    ),
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (call, occurred_at, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Manifests as they were lodged; those of several agents for one call add up';

CREATE TABLE IF NOT EXISTS missionpath.vessel_calls
(
    event_id UUID,
    occurred_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    call String,
    ship_scheme LowCardinality(String),
    ship_value String,
    ship_confidence Nullable(Float64),
    status LowCardinality(String),
    eta Nullable(DateTime64(3, 'UTC')) COMMENT 'of ANNOUNCED; the latest one holds',
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (call, occurred_at, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'How calls of ships went on';

CREATE TABLE IF NOT EXISTS missionpath.masses_verified
(
    event_id UUID,
    occurred_at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    call String,
    unit_scheme LowCardinality(String),
    unit_value String,
    unit_confidence Nullable(Float64),
    verified_mass_kg UInt32 COMMENT 'verified gross mass, SOLAS VI/2',
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (call, occurred_at, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Units of calls of ships that were weighed';

CREATE TABLE IF NOT EXISTS missionpath.units_expected
(
    event_id UUID COMMENT 'of the list or manifest that names the unit',
    conveyance String COMMENT 'train or call of a ship',
    scheme LowCardinality(String),
    value String,
    expected_from DateTime64(3, 'UTC'),
    expected_until DateTime64(3, 'UTC'),
    kafka_topic LowCardinality(String),
    kafka_partition UInt32,
    kafka_offset UInt64,
    published_at DateTime64(3, 'UTC'),
    written_at DateTime64(3, 'UTC') DEFAULT now64(3)
)
ENGINE = ReplacingMergeTree(published_at)
ORDER BY (scheme, value, expected_from, event_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Units that are no unknown objects when they are read in that time';

-- Within Nested no column can be given its comment.
ALTER TABLE missionpath.train_compositions
    COMMENT COLUMN IF EXISTS `units.mrns`
    'a list for each unit, no joined text: ARRAY JOIN units WHERE has(units.mrns, ...) finds the unit of an MRN';

ALTER TABLE missionpath.vessel_manifests
    COMMENT COLUMN IF EXISTS `units.mrns`
    'a list for each unit, no joined text: ARRAY JOIN units WHERE has(units.mrns, ...) finds the unit of an MRN',
    COMMENT COLUMN IF EXISTS `units.gross_mass_kg` 'as declared';

ALTER TABLE missionpath.scans
    ADD COLUMN IF NOT EXISTS conveyance Nullable(String) COMMENT 'train or call of a ship, if known'
    AFTER direction;

ALTER TABLE missionpath.customs_statuses
    ADD COLUMN IF NOT EXISTS not_before Nullable(DateTime64(3, 'UTC'))
    COMMENT 'the parties must not be told of the examination earlier'
    AFTER node;

ALTER TABLE missionpath.event_retractions
    ADD COLUMN IF NOT EXISTS conveyance Nullable(String) COMMENT 'that of the retracted event'
    AFTER reason;

-- In the sorting key, so that a binding which is published after its withdrawal does not replace it; the view then
-- keeps the withdrawal alone.
ALTER TABLE missionpath.id_bindings
    ADD COLUMN IF NOT EXISTS withdrawn Bool COMMENT 'the event was retracted: what it bound or released never was'
    AFTER released,
    MODIFY ORDER BY (scheme, value, valid_from, event_id, withdrawn);

ALTER TABLE missionpath.mission_states
    ADD COLUMN IF NOT EXISTS control_node LowCardinality(Nullable(String)) COMMENT 'of the next control'
    AFTER reads,
    ADD COLUMN IF NOT EXISTS control_at Nullable(DateTime64(3, 'UTC')) AFTER control_node,
    ADD COLUMN IF NOT EXISTS control_authorities Array(LowCardinality(String)) AFTER control_at;

ALTER TABLE missionpath.deviation_alerts
    ADD COLUMN IF NOT EXISTS outcome LowCardinality(Nullable(String)) COMMENT 'of the review in force, as reviewed_by'
    AFTER trigger,
    ADD COLUMN IF NOT EXISTS reviewed_by LowCardinality(Nullable(String)) AFTER outcome;

ALTER TABLE missionpath.deviation_alerts
    COMMENT COLUMN IF EXISTS status 'RAISED, CHANGED, CLEARED, ACKNOWLEDGED or DISPOSED',
    COMMENT COLUMN IF EXISTS object_key 'when it is about no IOT_ID: a train, a call of a ship, or what was read';

ALTER TABLE missionpath.mission_events
    COMMENT COLUMN IF EXISTS event_id 'of the table that takes the events which record names';

-- A view keeps the columns that it was made with.
CREATE OR REPLACE VIEW missionpath.v_scans AS
SELECT * FROM missionpath.scans FINAL;

CREATE OR REPLACE VIEW missionpath.v_customs_statuses AS
SELECT * FROM missionpath.customs_statuses FINAL;

CREATE OR REPLACE VIEW missionpath.v_event_retractions AS
SELECT * FROM missionpath.event_retractions FINAL;

CREATE OR REPLACE VIEW missionpath.v_id_bindings AS
SELECT * FROM missionpath.id_bindings FINAL
ORDER BY scheme, value, event_id, withdrawn DESC
LIMIT 1 BY scheme, value, event_id;

CREATE OR REPLACE VIEW missionpath.v_mission_state_history AS
SELECT * FROM missionpath.mission_states FINAL;

CREATE OR REPLACE VIEW missionpath.v_mission_states AS
SELECT * FROM missionpath.mission_states FINAL
ORDER BY iot_id, revision DESC
LIMIT 1 BY iot_id;

CREATE OR REPLACE VIEW missionpath.v_alert_history AS
SELECT * FROM missionpath.deviation_alerts FINAL;

CREATE OR REPLACE VIEW missionpath.v_alerts AS
SELECT * FROM missionpath.deviation_alerts FINAL
ORDER BY alert_id, revision DESC
LIMIT 1 BY alert_id;

-- Those that wait for somebody: what was disposed of may still stand, but is dealt with.
CREATE OR REPLACE VIEW missionpath.v_open_alerts AS
SELECT * FROM missionpath.v_alerts WHERE status NOT IN ('CLEARED', 'DISPOSED');

CREATE VIEW IF NOT EXISTS missionpath.v_device_signals AS
SELECT * FROM missionpath.device_signals FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_appointments AS
SELECT * FROM missionpath.appointments FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_alert_reviews AS
SELECT * FROM missionpath.alert_reviews FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_train_compositions AS
SELECT * FROM missionpath.train_compositions FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_train_permissions AS
SELECT * FROM missionpath.train_permissions FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_vessel_manifests AS
SELECT * FROM missionpath.vessel_manifests FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_vessel_calls AS
SELECT * FROM missionpath.vessel_calls FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_masses_verified AS
SELECT * FROM missionpath.masses_verified FINAL;

CREATE VIEW IF NOT EXISTS missionpath.v_units_expected AS
SELECT * FROM missionpath.units_expected FINAL;
