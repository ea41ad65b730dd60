-- ?1 run. A worker that is at it goes on; nothing new is started.
UPDATE run
SET current = 0, not_before_ms = NULL,
    state = CASE WHEN state IN ('pending', 'waiting') THEN 'cancelled' ELSE state END
WHERE id = ?1
