-- ?1 run, ?2 attempt, ?3 now in ms, ?4 error_class, ?5 error, ?6 log_tail, ?7 exit_code,
-- ?8 term_signal
UPDATE attempt
SET ended_ms = ?3, outcome = 'failed', error_class = ?4, error = ?5, log_tail = ?6,
    exit_code = ?7, term_signal = ?8
WHERE run_id = ?1 AND attempt = ?2
