-- ?1 run, ?2 attempt, ?3 slot, ?4 now in ms
INSERT INTO attempt (run_id, attempt, slot, started_ms) VALUES (?1, ?2, ?3, ?4)
