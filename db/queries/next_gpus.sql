-- ?1 slots that are free. How many of them the run takes that claim_next would find; no row when it
-- would find none. Reads one entry of an index, whatever the number of runs.
SELECT gpus FROM run INDEXED BY run_claim
WHERE current = 1 AND state = 'pending' AND gpus <= ?1
ORDER BY gpus DESC
LIMIT 1
