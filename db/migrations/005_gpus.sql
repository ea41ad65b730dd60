-- How many GPUs (or shares of the processors) train a run together, for each run its own. Runs of
-- more go first: they fit only as long as so many are free.
ALTER TABLE run ADD COLUMN
  gpus INTEGER NOT NULL DEFAULT 1 CHECK (gpus > 0) /* slots that its next attempt takes at once; done: its last took */;

-- A slot of several is named by all of them: "GPU-a+GPU-b". Of an element of a cluster's job nothing
-- tells how many it had: it counts as one.
UPDATE run SET gpus = coalesce((SELECT 1 + length(slot) - length(replace(slot, '+', ''))
                                FROM attempt
                                WHERE run_id = run.id AND attempt.attempt = run.attempt), 1)
WHERE attempt > 0;

DROP INDEX run_claim;
CREATE INDEX run_claim ON run (gpus DESC, cost DESC, id) WHERE current = 1 AND state = 'pending';

DROP VIEW runs;
CREATE VIEW runs AS
SELECT run.name AS run_id,
       sweep.name AS sweep,
       run.resolution, run.architecture, run.variant, run.seed,
       run.state,
       run.current,
       run.gpus,
       run.attempt AS attempts,
       run.failures,
       result.best_auc, result.best_epoch, result.best_loss, result.best_loss_epoch,
       result.train_seconds, result.images_per_second, result.peak_memory_mb, result.device,
       CASE WHEN newest.outcome = 'failed' THEN newest.error_class END AS error_class,
       CASE WHEN newest.outcome = 'failed' THEN newest.error END AS error,
       newest.slot,
       datetime(newest.started_ms / 1000, 'unixepoch') AS started_at,  -- of the newest attempt, UTC
       datetime(newest.ended_ms / 1000, 'unixepoch') AS ended_at,      -- of the newest attempt, UTC
       result.code_version, result.torch_version, result.data_manifest, result.images_sha256,
       result.data_set, result.upsampled_images,
       result.weights, result.weights_sha256,
       result.train_studies, result.train_positive, result.train_images,
       result.valid_studies, result.valid_positive, result.valid_images,
       run.identity, run.cost, run.config
FROM run
JOIN sweep ON sweep.id = run.sweep_id
LEFT JOIN result ON result.run_id = run.id
LEFT JOIN attempt AS newest ON newest.run_id = run.id AND newest.attempt = run.attempt;
