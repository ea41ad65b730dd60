SELECT state, count(*) FROM run WHERE current = 1 GROUP BY state
