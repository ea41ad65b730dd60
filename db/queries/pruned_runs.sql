-- Current runs that were stopped for being worse than others, by name. Each such decision is an
-- event; a retry or a return into the sweep file undoes it.
SELECT run.name, event.detail
FROM run JOIN event ON event.id = (SELECT max(id) FROM event
                                   WHERE event.run_id = run.id
                                     AND kind IN ('pruned', 'retried', 'restored'))
WHERE run.current = 1 AND event.kind = 'pruned'
  AND (run.state = 'cancelled' OR run.after_stop = 'cancelled')
ORDER BY run.name
