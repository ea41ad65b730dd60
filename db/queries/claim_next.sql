-- ?1 slots that are free. Takes, of the pending runs that fit into them, the one that takes most; of
-- equals the most expensive, then the one added first. One row, or none.
-- Left alone the planner would take run_count and sort all pending runs.
UPDATE run
SET state = 'running', attempt = attempt + 1
WHERE id = (SELECT id FROM run INDEXED BY run_claim
            WHERE current = 1 AND state = 'pending' AND gpus <= ?1
            ORDER BY gpus DESC, cost DESC, id
            LIMIT 1)
RETURNING id, attempt, name, identity, gpus
