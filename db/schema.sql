-- The record of runs and numbers: version 1 of sweep.db. Never edited after release; later
-- versions are steps in migrations/NNN_*.sql.
--
--              claim_next                finish
--   pending ──────────────> running ─────────────────> done          (final)
--    ^  ^ ^                  │ │ │                      ^
--    │  │ │      release     │ │ │ stop                 │ finish: a sealed result of the
--    │  │ └──────────────────┘ │ └────────> stopping ───┘         newest attempt counts
--    │  │                      │             │ │ │
--    │  │ wake                 │ fail        │ │ └─ release, fail ─> cancelled  (was asked for)
--    │  └───────── waiting <───┴─────────────┘ │
--    │                         │ fail (last)   └─ release ─> pending
--    │  retry                  v
--    └────────────────────── failed
--   retry:    failed | cancelled | waiting          -> pending
--   cancel:   pending | waiting                     -> cancelled
--             running | stopping                    -> stopping, then cancelled
--   set_runs: pending | waiting, no longer named    -> cancelled, current = 0
--             cancelled and not current, named again -> pending, current = 1
--
-- The attempt number is the fencing token: every later write about an attempt names it, and only
-- the newest one counts. All times are milliseconds of the Unix epoch, by the orchestrator's clock.

PRAGMA application_id = 0x52535750;  -- "RSWP"

CREATE TABLE sweep (
  id         INTEGER PRIMARY KEY,      -- internal
  name       TEXT    NOT NULL UNIQUE,  -- `name:` of the sweep file
  file_text  TEXT    NOT NULL,         -- the sweep file as it was given last
  created_ms INTEGER NOT NULL,         -- when it was first run
  changed_ms INTEGER NOT NULL          -- when its file or its set of runs changed last
) STRICT;

CREATE TABLE run (
  id            INTEGER PRIMARY KEY,                   -- internal; people see `name`
  sweep_id      INTEGER NOT NULL REFERENCES sweep(id), -- the sweep that names it, or did last
  name          TEXT    NOT NULL UNIQUE CHECK (name <> ''),      -- "480-densenet161-s3"
  identity      TEXT    NOT NULL UNIQUE CHECK (identity <> ''),  -- SHA-256 of the resolved configuration
  resolution    INTEGER NOT NULL CHECK (resolution > 0),         -- px, side of the input image
  architecture  TEXT    NOT NULL,                                -- its name
  variant       TEXT    NOT NULL DEFAULT '',   -- values of all other axes but seed, "base_lr=0.001"
  seed          INTEGER NOT NULL,              -- of all randomness of the run
  config        TEXT    NOT NULL CHECK (config LIKE '{%}'),  -- JSON: the resolved configuration
  cost          REAL    NOT NULL CHECK (cost >= 0),  -- expected multiply-adds; the longest run goes first
  current       INTEGER NOT NULL DEFAULT 1 CHECK (current IN (0, 1)),  -- 0: the sweep file names it no more
  state         TEXT    NOT NULL DEFAULT 'pending'  -- see the picture above
                CHECK (state IN ('pending', 'waiting', 'running', 'stopping', 'done', 'failed',
                                 'cancelled')),
  attempt       INTEGER NOT NULL DEFAULT 0 CHECK (attempt >= 0),   -- number of the newest attempt
  failures      INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0),  -- counted ones since the last retry
  not_before_ms INTEGER,  -- waiting: when it may be pending again
  after_stop    TEXT CHECK (after_stop IN ('pending', 'cancelled')),  -- stopping: what it becomes then
  created_ms    INTEGER NOT NULL,  -- when it was added
  CHECK ((state = 'waiting') = (not_before_ms IS NOT NULL)),
  CHECK ((state = 'stopping') = (after_stop IS NOT NULL)),
  CHECK (attempt > 0 OR state IN ('pending', 'cancelled')),
  CHECK (current = 1 OR state NOT IN ('pending', 'waiting'))
) STRICT;

CREATE INDEX run_claim ON run (cost DESC, id) WHERE current = 1 AND state = 'pending';
CREATE INDEX run_wake ON run (not_before_ms) WHERE state = 'waiting';
CREATE INDEX run_count ON run (state) WHERE current = 1;

CREATE TRIGGER attempt_only_grows BEFORE UPDATE OF attempt ON run WHEN NEW.attempt < OLD.attempt
BEGIN SELECT RAISE(ABORT, 'the attempt number of a run may not fall'); END;

CREATE TRIGGER done_is_final BEFORE UPDATE OF state ON run
WHEN OLD.state = 'done' AND NEW.state <> 'done'
BEGIN SELECT RAISE(ABORT, 'a done run stays done'); END;

CREATE TABLE attempt (
  run_id         INTEGER NOT NULL REFERENCES run(id),   -- run.id
  attempt        INTEGER NOT NULL CHECK (attempt > 0),  -- 1, 2, ...; also the folder's name
  slot           TEXT    NOT NULL,   -- GPU UUID, or "cpu:0"
  host           TEXT,               -- the process: its pid means something only with all four
  boot_id        TEXT,               -- /proc/sys/kernel/random/boot_id of that host
  pid            INTEGER,            -- NULL: no process was ever recorded
  start_ticks    INTEGER,            -- field 22 of /proc/<pid>/stat
  started_ms     INTEGER NOT NULL,   -- when it was claimed
  ingested_bytes INTEGER NOT NULL DEFAULT 0 CHECK (ingested_bytes >= 0),  -- of events.jsonl
  ended_ms       INTEGER,            -- NULL: open, its process may live
  outcome        TEXT CHECK (outcome IN ('done', 'failed', 'stopped', 'lost')),  -- NULL while open
  error_class    TEXT,               -- failed: out_of_memory, nan, bad_data, ...
  error          TEXT,               -- failed, stopped, lost: why, in one line
  log_tail       TEXT,               -- failed: last lines of the worker's log
  exit_code      INTEGER,            -- failed: of the process, when it exited
  term_signal    INTEGER,            -- failed: the signal that ended it
  PRIMARY KEY (run_id, attempt),
  CHECK ((pid IS NULL) = (host IS NULL) AND (pid IS NULL) = (boot_id IS NULL)
         AND (pid IS NULL) = (start_ticks IS NULL)),
  CHECK ((ended_ms IS NULL) = (outcome IS NULL)),
  CHECK ((outcome IS 'failed') = (error_class IS NOT NULL))
) STRICT;

-- At most one attempt of a run is open.
CREATE UNIQUE INDEX attempt_open ON attempt (run_id) WHERE ended_ms IS NULL;

CREATE TABLE metric (
  run_id  INTEGER NOT NULL,  -- run.id
  epoch   INTEGER NOT NULL CHECK (epoch >= 0),  -- from 0, counted over both phases
  name    TEXT    NOT NULL,  -- train_loss, valid_loss, valid_auc, lr_body, lr_head, seconds,
                             -- images_per_second, frozen (1 or 0), is_best, is_best_loss, or your own
  value   REAL    NOT NULL,  -- a measurement that is not a number has no row
  attempt INTEGER NOT NULL,  -- who measured it
  PRIMARY KEY (run_id, epoch, name),
  FOREIGN KEY (run_id, attempt) REFERENCES attempt(run_id, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE prediction (
  run_id      INTEGER NOT NULL,  -- run.id
  study       TEXT    NOT NULL,  -- "valid/patient64541/study1"
  label       INTEGER NOT NULL CHECK (label IN (0, 1)),  -- 1: has the target finding
  logit       REAL    NOT NULL,  -- largest over the study's views
  probability REAL    NOT NULL CHECK (probability BETWEEN 0 AND 1),  -- sigmoid(logit)
  attempt     INTEGER NOT NULL,  -- who predicted it, in its epoch with the best AUC so far
  PRIMARY KEY (run_id, study),
  FOREIGN KEY (run_id, attempt) REFERENCES attempt(run_id, attempt)
) STRICT, WITHOUT ROWID;

CREATE TABLE result (
  run_id            INTEGER PRIMARY KEY REFERENCES run(id),  -- run.id; the run is done
  attempt           INTEGER NOT NULL,  -- the one that sealed it
  best_auc          REAL CHECK (best_auc BETWEEN 0 AND 1),  -- NULL: no epoch had both classes
  best_epoch        INTEGER CHECK (best_epoch >= 0),        -- from 0; of best_auc
  best_loss         REAL,                                   -- lowest valid_loss
  best_loss_epoch   INTEGER CHECK (best_loss_epoch >= 0),   -- from 0; of best_loss
  train_seconds     REAL    NOT NULL,  -- wall time of all attempts
  images_per_second REAL    NOT NULL,  -- training images only
  peak_memory_mb    REAL    NOT NULL,  -- GPU memory reserved, or resident memory on a CPU
  device            TEXT    NOT NULL,  -- "NVIDIA H200, GPU-..." or "CPU, 2 threads"
  code_version      TEXT    NOT NULL,  -- radsweep's version and git commit
  torch_version     TEXT    NOT NULL,  -- LibTorch's
  data_manifest     TEXT    NOT NULL,  -- SHA-256 naming the CSV files and the label policy
  images_sha256     TEXT    NOT NULL,  -- of the cache file trained on
  weights           TEXT    NOT NULL,  -- of the best AUC; path relative to the store
  weights_sha256    TEXT    NOT NULL,  -- of that file
  train_studies     INTEGER NOT NULL,  -- trained on
  train_positive    INTEGER NOT NULL,  -- studies with label 1 among them
  train_images      INTEGER NOT NULL,  -- views of all of them
  valid_studies     INTEGER NOT NULL,  -- validated on
  valid_positive    INTEGER NOT NULL,  -- studies with label 1 among them
  valid_images      INTEGER NOT NULL,  -- views of all of them
  CHECK ((best_auc IS NULL) = (best_epoch IS NULL)),
  FOREIGN KEY (run_id, attempt) REFERENCES attempt(run_id, attempt)
) STRICT;

CREATE TRIGGER result_is_final BEFORE UPDATE ON result
BEGIN SELECT RAISE(ABORT, 'a result never changes'); END;

CREATE TABLE gpu (
  uuid       TEXT PRIMARY KEY,   -- "GPU-..." as NVML spells it
  name       TEXT NOT NULL,      -- "NVIDIA H200"
  memory_mb  REAL NOT NULL,      -- in all
  state      TEXT NOT NULL       -- held: by a run of ours; foreign: somebody else computes on it
             CHECK (state IN ('free', 'held', 'foreign', 'quarantined')),
  reason     TEXT NOT NULL DEFAULT '',  -- why it is not free
  changed_ms INTEGER NOT NULL           -- when its state or reason changed last
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  id      INTEGER PRIMARY KEY,          -- in the order of writing
  at_ms   INTEGER NOT NULL,             -- when
  run_id  INTEGER REFERENCES run(id),   -- NULL: about the sweep or the machine
  attempt INTEGER,                      -- NULL: about no attempt
  kind    TEXT NOT NULL,  -- added, claimed, started, done, failed, waiting, released, stopping,
                          -- cancelled, retried, woken, dropped, restored, relabelled, fenced,
                          -- gpu, ...
  detail  TEXT NOT NULL DEFAULT ''      -- for people
) STRICT;

CREATE INDEX event_run ON event (run_id, id);

-- Public views: stable, a user's SQL depends on them. `run_id` is always the readable name.

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
       result.weights, result.weights_sha256,
       result.train_studies, result.train_positive, result.train_images,
       result.valid_studies, result.valid_positive, result.valid_images,
       run.identity, run.cost, run.config
FROM run
JOIN sweep ON sweep.id = run.sweep_id
LEFT JOIN result ON result.run_id = run.id
LEFT JOIN attempt AS newest ON newest.run_id = run.id AND newest.attempt = run.attempt;

CREATE VIEW epochs AS
SELECT run.name AS run_id,
       run.resolution, run.architecture, run.variant, run.seed,
       metric.epoch,
       CASE max(CASE WHEN metric.name = 'frozen' THEN metric.value END)
            WHEN 1 THEN 'frozen' WHEN 0 THEN 'full' END AS phase,
       max(CASE WHEN metric.name = 'train_loss' THEN metric.value END) AS train_loss,
       max(CASE WHEN metric.name = 'valid_loss' THEN metric.value END) AS valid_loss,
       max(CASE WHEN metric.name = 'valid_auc' THEN metric.value END) AS valid_auc,
       max(CASE WHEN metric.name = 'lr_body' THEN metric.value END) AS lr_body,
       max(CASE WHEN metric.name = 'lr_head' THEN metric.value END) AS lr_head,
       max(CASE WHEN metric.name = 'seconds' THEN metric.value END) AS seconds,
       max(CASE WHEN metric.name = 'images_per_second' THEN metric.value END) AS images_per_second,
       CAST(max(CASE WHEN metric.name = 'is_best' THEN metric.value END) AS INTEGER) AS is_best,
       CAST(max(CASE WHEN metric.name = 'is_best_loss' THEN metric.value END) AS INTEGER)
         AS is_best_loss
FROM metric
JOIN run ON run.id = metric.run_id
GROUP BY metric.run_id, metric.epoch;

-- Over the runs that the sweep file names now. The deviation is computed in two passes (first the
-- mean, then squared distances from it): AUCs that agree in many digits keep their spread.
CREATE VIEW summary AS
WITH scored AS (
  SELECT run.resolution, run.architecture, run.variant, run.name, run.state, result.best_auc AS auc,
         avg(result.best_auc) OVER cell AS mean,
         row_number() OVER (cell ORDER BY result.best_auc IS NULL, result.best_auc DESC, run.seed, run.id)
           AS place
  FROM run LEFT JOIN result ON result.run_id = run.id
  WHERE run.current = 1
  WINDOW cell AS (PARTITION BY run.resolution, run.architecture, run.variant)
)
SELECT resolution, architecture, variant,
       count(auc) AS n,                       -- done, with an AUC
       sum(state <> 'done') AS missing,
       avg(auc) AS auc_mean,
       CASE WHEN count(auc) > 1
            THEN sqrt(sum((auc - mean) * (auc - mean)) / (count(auc) - 1)) END AS auc_std,
       min(auc) AS auc_min,
       max(auc) AS auc_max,
       max(CASE WHEN place = 1 AND auc IS NOT NULL THEN name END) AS best_run
FROM scored
GROUP BY resolution, architecture, variant;

CREATE VIEW predictions AS
SELECT run.name AS run_id,
       run.resolution, run.architecture, run.variant, run.seed,
       prediction.study, prediction.label, prediction.probability, prediction.logit
FROM prediction
JOIN run ON run.id = prediction.run_id;
