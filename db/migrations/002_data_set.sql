-- Which copy of the data a run saw: from CheXpert-v1.0-small a 480 px image is an enlargement, which
-- says nothing about resolution.
ALTER TABLE result ADD COLUMN
  data_set TEXT /* "CheXpert-v1.0", "CheXpert-v1.0-small", ...; NULL: not recorded */;
ALTER TABLE result ADD COLUMN
  upsampled_images INTEGER /* views smaller than the resolution; NULL: not recorded */;

DROP VIEW runs;
CREATE VIEW runs AS
SELECT run.name AS run_id,
       sweep.name AS sweep,
       run.resolution, run.architecture, run.variant, run.seed,
       run.state,
       run.current,
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
