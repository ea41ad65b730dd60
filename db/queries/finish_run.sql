-- ?1 run, ?2 attempt
UPDATE run SET state = 'done', after_stop = NULL
WHERE id = ?1 AND attempt = ?2 AND state IN ('running', 'stopping')
