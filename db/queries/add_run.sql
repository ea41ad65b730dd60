-- ?1 sweep, ?2 name, ?3 identity, ?4 resolution, ?5 architecture, ?6 variant, ?7 seed, ?8 config,
-- ?9 cost, ?10 now in ms, ?11 gpus. The table cannot check JSON itself: under trusted_schema = OFF
-- SQLite 3.40 takes json_valid() in a CHECK for unsafe.
INSERT INTO run (sweep_id, name, identity, resolution, architecture, variant, seed, config, cost,
                 created_ms, gpus)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7,
        CASE WHEN json_valid(?8) THEN ?8 END, ?9, ?10, ?11)
