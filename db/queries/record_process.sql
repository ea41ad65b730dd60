-- ?1 run, ?2 attempt, ?3 host, ?4 boot_id, ?5 pid, ?6 start_ticks
UPDATE attempt SET host = ?3, boot_id = ?4, pid = ?5, start_ticks = ?6
WHERE run_id = ?1 AND attempt = ?2 AND ended_ms IS NULL
  AND EXISTS (SELECT 1 FROM run
              WHERE id = ?1 AND run.attempt = ?2 AND state IN ('running', 'stopping'))
