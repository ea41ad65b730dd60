-- ?1 run, ?2 attempt, ?3 what it becomes when its process is gone
UPDATE run SET state = 'stopping', after_stop = ?3
WHERE id = ?1 AND attempt = ?2 AND state = 'running'
