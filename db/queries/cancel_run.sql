-- ?1 run's name. A worker that may still live is stopped first.
UPDATE run
SET state = CASE WHEN state IN ('running', 'stopping') THEN 'stopping' ELSE 'cancelled' END,
    after_stop = CASE WHEN state IN ('running', 'stopping') THEN 'cancelled' END,
    not_before_ms = NULL
WHERE name = ?1
  AND (state IN ('pending', 'waiting', 'running') OR after_stop = 'pending')
RETURNING id, state
