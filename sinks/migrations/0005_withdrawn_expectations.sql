-- A list or manifest may be retracted: its units are expected no more. See 0003.

-- In the sorting key, so that an expectation which is published after its withdrawal does not replace it.
ALTER TABLE missionpath.units_expected
    ADD COLUMN IF NOT EXISTS withdrawn Bool COMMENT 'the list or manifest was retracted: it names no unit'
    AFTER expected_until,
    MODIFY ORDER BY (scheme, value, expected_from, event_id, withdrawn);

CREATE OR REPLACE VIEW missionpath.v_units_expected AS
SELECT * FROM
(
    SELECT * FROM missionpath.units_expected FINAL
    ORDER BY scheme, value, event_id, withdrawn DESC
    LIMIT 1 BY scheme, value, event_id
)
WHERE NOT withdrawn;
