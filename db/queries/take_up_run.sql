-- ?1 run's identity, ?2 attempt: a number that somebody else chose and that nobody had before
UPDATE run SET state = 'running', attempt = ?2, not_before_ms = NULL
WHERE identity = ?1 AND attempt < ?2 AND state IN ('pending', 'waiting')
RETURNING id
