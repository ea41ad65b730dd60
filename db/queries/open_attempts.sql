SELECT run.id, attempt.attempt, run.name, run.identity, run.state, attempt.slot,
       attempt.host, attempt.boot_id, attempt.pid, attempt.start_ticks,
       attempt.started_ms, attempt.ingested_bytes
FROM attempt JOIN run ON run.id = attempt.run_id
WHERE attempt.ended_ms IS NULL
ORDER BY attempt.started_ms, run.id
