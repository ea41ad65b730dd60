-- ?1 run, ?2 epoch, ?3 name, ?4 value, ?5 attempt
INSERT INTO metric (run_id, epoch, name, value, attempt) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (run_id, epoch, name) DO UPDATE SET value = excluded.value, attempt = excluded.attempt
