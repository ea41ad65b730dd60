-- ?1 run, ?2 attempt, ?3 bytes of events.jsonl that are stored now. Changes no row when the
-- attempt has ended or is not the newest.
UPDATE attempt SET ingested_bytes = ?3
WHERE run_id = ?1 AND attempt = ?2 AND ended_ms IS NULL
  AND attempt = (SELECT run.attempt FROM run WHERE run.id = ?1)
