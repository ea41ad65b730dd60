-- ?1 run's name
UPDATE run SET state = 'pending', failures = 0, not_before_ms = NULL
WHERE name = ?1 AND current = 1 AND state IN ('failed', 'cancelled', 'waiting')
RETURNING id
