-- ?1 now in ms, ?2 longest pause in ms. A run that would wait longer than that was put to sleep by
-- a clock that has been set back since.
UPDATE run SET state = 'pending', not_before_ms = NULL
WHERE state = 'waiting' AND (not_before_ms <= ?1 OR not_before_ms > ?1 + ?2)
RETURNING id
