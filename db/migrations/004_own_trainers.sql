-- Sweeps whose trainer is a program of the user's: parameters and objective are in run.config, the
-- measurements in metric. Runs of radsweep's own worker have no rows here.

CREATE VIEW params AS
SELECT run.name AS run_id, param.key AS name,
       param.value AS value  -- as the sweep file has it; true and false are 1 and 0
FROM run, json_each(run.config, '$.params') AS param;

-- The best epoch of every run so far; NULL without one. json_each, because SQLite 3.40 refuses
-- json_extract in a view to a connection that does not trust the schema.
CREATE VIEW objectives AS
WITH goal AS (
  SELECT id, name, variant, seed, state, current,
         (SELECT value FROM json_each(run.config, '$.objective') WHERE key = 'metric') AS metric,
         (SELECT value FROM json_each(run.config, '$.objective') WHERE key = 'mode') AS mode
  FROM run
), judged AS (
  SELECT * FROM goal WHERE metric IS NOT NULL
), ranked AS (
  SELECT judged.*, told.epoch, told.value,
         row_number() OVER (PARTITION BY judged.id ORDER BY
           CASE mode WHEN 'min' THEN told.value ELSE -told.value END, told.epoch) AS place
  FROM judged LEFT JOIN metric AS told ON told.run_id = judged.id AND told.name = judged.metric
)
SELECT name AS run_id, variant, seed, state, current, metric, mode, value, epoch
FROM ranked WHERE place = 1;

-- Over the seeds of each combination of the other axes that the sweep file names now.
CREATE VIEW objective_summary AS
WITH scored AS (
  SELECT variant, metric, mode, run_id, state, CASE state WHEN 'done' THEN value END AS score,
         avg(CASE state WHEN 'done' THEN value END) OVER (PARTITION BY variant, metric) AS mean,
         row_number() OVER (PARTITION BY variant, metric ORDER BY state <> 'done',
           CASE mode WHEN 'min' THEN value ELSE -value END, seed) AS place
  FROM objectives WHERE current = 1
)
SELECT variant, metric, mode,
       count(score) AS n,                      -- done
       sum(state <> 'done') AS missing,
       avg(score) AS mean,
       CASE WHEN count(score) > 1
            THEN sqrt(sum((score - mean) * (score - mean)) / (count(score) - 1)) END AS std,
       min(score) AS min,
       max(score) AS max,
       max(CASE WHEN place = 1 AND score IS NOT NULL THEN run_id END) AS best_run
FROM scored
GROUP BY variant, metric, mode;
