-- ?1 now in ms
UPDATE run SET state = 'pending', not_before_ms = NULL
WHERE state = 'waiting' AND not_before_ms <= ?1
RETURNING id
