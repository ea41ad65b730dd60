-- ?1 now in ms, ?2 longest pause in ms. A row when wake_runs would find any.
SELECT 1 FROM run
WHERE state = 'waiting' AND (not_before_ms <= ?1 OR not_before_ms > ?1 + ?2)
LIMIT 1
