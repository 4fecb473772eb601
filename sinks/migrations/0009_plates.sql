-- Licence plates are personal data: here alone they stand as they were told, everywhere else under a pseudonym. See
-- docs/privacy.md for who may read it, and 0001 for the engine and the keys.

CREATE TABLE IF NOT EXISTS missionpath.plates
(
    pseudonym String COMMENT 'what stands in every other table',
    value String COMMENT 'the plate, as it was told',
    key_id LowCardinality(String) COMMENT 'of which key the pseudonym was made; the key itself is nowhere here',
    written_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'the latest day on which it was told'
)
ENGINE = ReplacingMergeTree(written_at)
ORDER BY (pseudonym, value)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Which licence plate a pseudonym stands for; not for analysts';

CREATE VIEW IF NOT EXISTS missionpath.v_plates AS
SELECT * FROM missionpath.plates FINAL;
