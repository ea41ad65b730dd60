-- Takes the most expensive pending run; of equals, the one added first. One row, or none.
-- Left alone the planner would take run_count and sort all pending runs.
UPDATE run
SET state = 'running', attempt = attempt + 1
WHERE id = (SELECT id FROM run INDEXED BY run_claim
            WHERE current = 1 AND state = 'pending'
            ORDER BY cost DESC, id
            LIMIT 1)
RETURNING id, attempt, name, identity
