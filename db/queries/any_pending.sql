-- One row when claim_next would find a run. Reads one entry of an index, whatever the number of runs.
SELECT 1 FROM run INDEXED BY run_claim WHERE current = 1 AND state = 'pending' LIMIT 1
