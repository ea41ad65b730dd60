-- ?1 now in ms, ?2 run, ?3 attempt, ?4 kind, ?5 detail. An unknown run is noted as none.
INSERT INTO event (at_ms, run_id, attempt, kind, detail)
VALUES (?1, (SELECT id FROM run WHERE id = ?2), ?3, ?4, ?5)
