-- ?1 run, ?2 attempt, ?3 now in ms, ?4 outcome, ?5 error
UPDATE attempt SET ended_ms = ?3, outcome = ?4, error = ?5
WHERE run_id = ?1 AND attempt = ?2
