-- ?1 run, ?2 attempt, ?3 when to try again in ms (NULL: never), ?4 failures that end it.
-- A cancel that was asked for wins; a run that the sweep file dropped is not tried again.
UPDATE run
SET failures = failures + 1,
    state = CASE WHEN after_stop = 'cancelled' THEN 'cancelled'
                 WHEN ?3 IS NULL OR failures + 1 >= ?4 THEN 'failed'
                 WHEN current = 0 THEN 'cancelled'
                 ELSE 'waiting' END,
    not_before_ms = CASE WHEN after_stop IS NOT 'cancelled' AND failures + 1 < ?4 AND current = 1
                         THEN ?3 END,
    after_stop = NULL
WHERE id = ?1 AND attempt = ?2 AND state IN ('running', 'stopping')
RETURNING state
