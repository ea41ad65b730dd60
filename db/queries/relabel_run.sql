-- ?1 run, ?2 architecture, ?3 variant, ?4 config, ?5 cost, ?6 gpus. The same training under other
-- words of the sweep file; its name stays, being the folder's, and of a done run the GPUs that
-- trained it. Changes no row when all is as it was.
UPDATE run
SET architecture = ?2, variant = ?3, config = CASE WHEN json_valid(?4) THEN ?4 END, cost = ?5,
    gpus = CASE state WHEN 'done' THEN gpus ELSE ?6 END
WHERE id = ?1 AND (architecture <> ?2 OR variant <> ?3 OR config <> ?4 OR cost <> ?5
                   OR (state <> 'done' AND gpus <> ?6))
