-- ?1 run
UPDATE run
SET current = 1,
    failures = CASE WHEN state = 'cancelled' THEN 0 ELSE failures END,
    state = CASE WHEN state = 'cancelled' THEN 'pending' ELSE state END
WHERE id = ?1
