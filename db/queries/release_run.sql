-- ?1 run, ?2 attempt. A run that the sweep file dropped has no use for another attempt.
UPDATE run
SET state = CASE WHEN after_stop = 'cancelled' OR current = 0 THEN 'cancelled' ELSE 'pending' END,
    after_stop = NULL
WHERE id = ?1 AND attempt = ?2 AND state IN ('running', 'stopping')
RETURNING state
