-- ?1 run's name
UPDATE run SET state = 'pending', failures = 0
WHERE name = ?1 AND current = 1 AND state IN ('failed', 'cancelled')
RETURNING id
