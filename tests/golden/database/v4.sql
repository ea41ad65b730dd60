-- sweeps/smoke.yaml as radsweep recorded it when its database had version 2 and later versions
-- migrated it to 4:
--   radsweep run sweeps/smoke.yaml && sqlite3 runs/smoke/sweep.db .dump
-- and the two numbers of the file's header, which a dump leaves out.
PRAGMA application_id = 1381193552; PRAGMA user_version = 4;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE sweep (
  id         INTEGER PRIMARY KEY,      -- internal
  name       TEXT    NOT NULL UNIQUE,  -- `name:` of the sweep file
  file_text  TEXT    NOT NULL,         -- the sweep file as it was given last
  created_ms INTEGER NOT NULL,         -- when it was first run
  changed_ms INTEGER NOT NULL          -- when its file or its set of runs changed last
) STRICT;
INSERT INTO sweep VALUES(1,'smoke',replace('# Two tiny runs in seconds: does everything work from the sweep file to the report? Not meant to\n# learn anything. Relative paths begin at the folder in which radsweep is started.\n\nname: smoke\n\ndata:\n  synthetic: {studies: 60, valid: 20, image_px: 48, seed: 1}\n\ngrid:\n  resolution: [32]\n  architecture: [{name: tiny, growth: 4, blocks: [1, 1], init_features: 8}]\n  seed: [1, 2]\n\ntrain:\n  studies_per_batch: 8\n  frozen_epochs: 1\n  epochs: 1\n  lr_mult: 1\n  hidden_features: 16\n\nresources:\n  cpu_slots: 2                           # without GPUs: two workers\n\nretry: {max_attempts: 2, backoff_s: 1}\n','\n',char(10)),1795610938735,1795610938735);
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
INSERT INTO run VALUES(1,1,'32-tiny-s1','9aa2e96ce70b7e69020e812410b52e60565d7a7953b978a29b905b544659b69c',32,'tiny','',1,'{"architecture":{"blocks":[1,1],"bn_size":4,"growth":4,"init_features":8,"name":"tiny"},"data":{"manifest":"84e715c4fcd151c03aaeb46ba878c45a98f163c8a26b652abe511ec4be3a6028","negatives":["No Finding"],"target":"Atelectasis","uncertain":"positive"},"pretrained":null,"resolution":32,"seed":1,"train":{"augment.flip":false,"augment.max_lighting":0.2,"augment.max_rotate_deg":30.0,"augment.max_warp":0.1,"augment.max_zoom":1.0,"augment.p_affine":0.75,"augment.p_lighting":0.75,"augment.pad_mode":"zeros","base_lr":0.005,"beta1_high":0.95,"beta1_low":0.85,"beta2":0.99,"decay_norm_and_bias":false,"div":5.0,"div_final":100000.0,"drop_last":true,"dropout":0.6,"epochs":1,"eps":1e-05,"frozen_body_div":10.0,"frozen_div":25.0,"frozen_epochs":1,"frozen_pct_start":0.99,"hidden_features":16,"keep_optimizer_state":false,"lr_mult":1.0,"param_groups":2,"pct_start":0.3,"precision":"fp32","studies_per_batch":8,"train_norm_while_frozen":true,"weight_decay":0.1}}',126632800.0,1,'done',1,0,NULL,NULL,1795610938735);
INSERT INTO run VALUES(2,1,'32-tiny-s2','afbc50570bcb628f606b85da067c3fde044cb1be828dfa13da88bee732cb0392',32,'tiny','',2,'{"architecture":{"blocks":[1,1],"bn_size":4,"growth":4,"init_features":8,"name":"tiny"},"data":{"manifest":"84e715c4fcd151c03aaeb46ba878c45a98f163c8a26b652abe511ec4be3a6028","negatives":["No Finding"],"target":"Atelectasis","uncertain":"positive"},"pretrained":null,"resolution":32,"seed":2,"train":{"augment.flip":false,"augment.max_lighting":0.2,"augment.max_rotate_deg":30.0,"augment.max_warp":0.1,"augment.max_zoom":1.0,"augment.p_affine":0.75,"augment.p_lighting":0.75,"augment.pad_mode":"zeros","base_lr":0.005,"beta1_high":0.95,"beta1_low":0.85,"beta2":0.99,"decay_norm_and_bias":false,"div":5.0,"div_final":100000.0,"drop_last":true,"dropout":0.6,"epochs":1,"eps":1e-05,"frozen_body_div":10.0,"frozen_div":25.0,"frozen_epochs":1,"frozen_pct_start":0.99,"hidden_features":16,"keep_optimizer_state":false,"lr_mult":1.0,"param_groups":2,"pct_start":0.3,"precision":"fp32","studies_per_batch":8,"train_norm_while_frozen":true,"weight_decay":0.1}}',126632800.0,1,'done',1,0,NULL,NULL,1795610938735);
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
INSERT INTO attempt VALUES(1,1,'cpu:0','vm','532ed62f-e57d-4b76-b259-5fc636f4439c',13549,3995340,1795610938757,2935,1795610940648,'done',NULL,NULL,NULL,NULL,NULL);
INSERT INTO attempt VALUES(2,1,'cpu:1','vm','532ed62f-e57d-4b76-b259-5fc636f4439c',13550,3995344,1795610938796,5113,1795610940324,'done',NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO metric VALUES(1,0,'frozen',1.0,1);
INSERT INTO metric VALUES(1,0,'images_per_second',361.73582423038175193,1);
INSERT INTO metric VALUES(1,0,'is_best',1.0,1);
INSERT INTO metric VALUES(1,0,'is_best_loss',1.0,1);
INSERT INTO metric VALUES(1,0,'lr_body',0.00047898457950561662338,1);
INSERT INTO metric VALUES(1,0,'lr_head',0.0047898457950561667759,1);
INSERT INTO metric VALUES(1,0,'seconds',0.21007755400000002743,1);
INSERT INTO metric VALUES(1,0,'train_loss',1.0032182421003068562,1);
INSERT INTO metric VALUES(1,0,'valid_auc',0.52941176470588235947,1);
INSERT INTO metric VALUES(1,0,'valid_loss',0.7031010523665330858,1);
INSERT INTO metric VALUES(1,1,'frozen',0.0,1);
INSERT INTO metric VALUES(1,1,'images_per_second',365.53936669179989849,1);
INSERT INTO metric VALUES(1,1,'is_best',0.0,1);
INSERT INTO metric VALUES(1,1,'is_best_loss',1.0,1);
INSERT INTO metric VALUES(1,1,'lr_body',0.0024888308275541138128,1);
INSERT INTO metric VALUES(1,1,'lr_head',0.0024888308275541138128,1);
INSERT INTO metric VALUES(1,1,'seconds',0.22841039899999998619,1);
INSERT INTO metric VALUES(1,1,'train_loss',0.9977906601769583883,1);
INSERT INTO metric VALUES(1,1,'valid_auc',0.52941176470588235947,1);
INSERT INTO metric VALUES(1,1,'valid_loss',0.69858344213588530191,1);
INSERT INTO metric VALUES(2,0,'frozen',1.0,1);
INSERT INTO metric VALUES(2,0,'images_per_second',373.36613686088435315,1);
INSERT INTO metric VALUES(2,0,'is_best',1.0,1);
INSERT INTO metric VALUES(2,0,'is_best_loss',1.0,1);
INSERT INTO metric VALUES(2,0,'lr_body',0.00047898457950561662338,1);
INSERT INTO metric VALUES(2,0,'lr_head',0.0047898457950561667759,1);
INSERT INTO metric VALUES(2,0,'seconds',0.19272618699999999325,1);
INSERT INTO metric VALUES(2,0,'train_loss',1.0967335956437247457,1);
INSERT INTO metric VALUES(2,0,'valid_auc',0.4313725490196078649,1);
INSERT INTO metric VALUES(2,0,'valid_loss',0.76142770790778779854,1);
INSERT INTO metric VALUES(2,1,'frozen',0.0,1);
INSERT INTO metric VALUES(2,1,'images_per_second',449.54003064064852425,1);
INSERT INTO metric VALUES(2,1,'is_best',1.0,1);
INSERT INTO metric VALUES(2,1,'is_best_loss',1.0,1);
INSERT INTO metric VALUES(2,1,'lr_body',0.0024888308275541138128,1);
INSERT INTO metric VALUES(2,1,'lr_head',0.0024888308275541138128,1);
INSERT INTO metric VALUES(2,1,'seconds',0.17235162299999998158,1);
INSERT INTO metric VALUES(2,1,'train_loss',1.5754263230732508116,1);
INSERT INTO metric VALUES(2,1,'valid_auc',0.56862745098039213509,1);
INSERT INTO metric VALUES(2,1,'valid_loss',0.72803218210617159922,1);
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
INSERT INTO prediction VALUES(1,'valid/patient64541/study1',0,0.41037070751190185546,0.60117676422361732146,1);
INSERT INTO prediction VALUES(1,'valid/patient64542/study1',0,0.096837632358074188232,0.52419050711551018473,1);
INSERT INTO prediction VALUES(1,'valid/patient64543/study1',0,-0.19730670750141143798,0.45083272629905574158,1);
INSERT INTO prediction VALUES(1,'valid/patient64544/study1',0,-0.13385537266731262207,0.46658603250529501194,1);
INSERT INTO prediction VALUES(1,'valid/patient64545/study1',0,-0.0054343640804290771484,0.49864141232341074871,1);
INSERT INTO prediction VALUES(1,'valid/patient64546/study1',1,-0.023999873548746109008,0.4940003195916738421,1);
INSERT INTO prediction VALUES(1,'valid/patient64547/study1',0,-0.15156939625740051269,0.46218002730261320554,1);
INSERT INTO prediction VALUES(1,'valid/patient64548/study1',0,-0.13803671300411224365,0.46554551275164446355,1);
INSERT INTO prediction VALUES(1,'valid/patient64549/study1',0,0.0022866651415824890136,0.50057166603629987822,1);
INSERT INTO prediction VALUES(1,'valid/patient64550/study1',0,-0.10429304838180541992,0.47395034555284759614,1);
INSERT INTO prediction VALUES(1,'valid/patient64551/study1',1,0.27520120143890380859,0.56836934402740457716,1);
INSERT INTO prediction VALUES(1,'valid/patient64552/study1',0,0.077202305197715759277,0.51929099574156656338,1);
INSERT INTO prediction VALUES(1,'valid/patient64553/study1',0,0.14154671132564544677,0.53532771356838237952,1);
INSERT INTO prediction VALUES(1,'valid/patient64554/study1',0,0.16213451325893402099,0.54044506679580839314,1);
INSERT INTO prediction VALUES(1,'valid/patient64555/study1',1,-0.12589995563030242919,0.46856652060754155897,1);
INSERT INTO prediction VALUES(1,'valid/patient64556/study1',0,0.09244734048843383789,0.52309538871560179451,1);
INSERT INTO prediction VALUES(1,'valid/patient64557/study1',0,0.16581262648105621337,0.54135844152637735415,1);
INSERT INTO prediction VALUES(1,'valid/patient64558/study1',0,-0.069416388869285583496,0.48265286801482354395,1);
INSERT INTO prediction VALUES(1,'valid/patient64559/study1',0,0.11769296228885650634,0.52938932422270412736,1);
INSERT INTO prediction VALUES(1,'valid/patient64560/study1',0,-0.065302968025207519531,0.48368005725076596013,1);
INSERT INTO prediction VALUES(2,'valid/patient64541/study1',0,-0.41289937496185302734,0.39821710961484346746,1);
INSERT INTO prediction VALUES(2,'valid/patient64542/study1',0,-0.71008479595184326171,0.32958010365625400872,1);
INSERT INTO prediction VALUES(2,'valid/patient64543/study1',0,0.62539601325988769531,0.65144479060121784907,1);
INSERT INTO prediction VALUES(2,'valid/patient64544/study1',0,0.29852718114852905273,0.57408243458735452868,1);
INSERT INTO prediction VALUES(2,'valid/patient64545/study1',0,-0.0087588280439376831054,0.49781030698790013078,1);
INSERT INTO prediction VALUES(2,'valid/patient64546/study1',1,0.065239980816841125488,0.51630421270702453462,1);
INSERT INTO prediction VALUES(2,'valid/patient64547/study1',0,0.80878436565399169921,0.69185039951328941576,1);
INSERT INTO prediction VALUES(2,'valid/patient64548/study1',0,-0.38263294100761413574,0.40549202099417069877,1);
INSERT INTO prediction VALUES(2,'valid/patient64549/study1',0,0.75517189502716064453,0.68030458335097054867,1);
INSERT INTO prediction VALUES(2,'valid/patient64550/study1',0,-0.030004799365997314453,0.49249936287784729094,1);
INSERT INTO prediction VALUES(2,'valid/patient64551/study1',1,-0.056853964924812316894,0.48579033614081457148,1);
INSERT INTO prediction VALUES(2,'valid/patient64552/study1',0,-0.24355861544609069824,0.43940957313591288979,1);
INSERT INTO prediction VALUES(2,'valid/patient64553/study1',0,-0.12200309336185455322,0.46953700347500854084,1);
INSERT INTO prediction VALUES(2,'valid/patient64554/study1',0,-0.41463893651962280273,0.39780031456187248117,1);
INSERT INTO prediction VALUES(2,'valid/patient64555/study1',1,0.29917231202125549316,0.57424016914963338376,1);
INSERT INTO prediction VALUES(2,'valid/patient64556/study1',0,0.51808631420135498046,0.62670017379724773931,1);
INSERT INTO prediction VALUES(2,'valid/patient64557/study1',0,0.088539600372314453125,0.5221204513151329607,1);
INSERT INTO prediction VALUES(2,'valid/patient64558/study1',0,0.23601859807968139648,0.55873226332892445,1);
INSERT INTO prediction VALUES(2,'valid/patient64559/study1',0,-0.31790336966514587402,0.42118679753769849849,1);
INSERT INTO prediction VALUES(2,'valid/patient64560/study1',0,0.19341573119163513183,0.54820375263623422057,1);
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
  valid_images      INTEGER NOT NULL, data_set TEXT /* "CheXpert-v1.0", "CheXpert-v1.0-small", ...; NULL: not recorded */, upsampled_images INTEGER /* views smaller than the resolution; NULL: not recorded */,  -- views of all of them
  CHECK ((best_auc IS NULL) = (best_epoch IS NULL)),
  FOREIGN KEY (run_id, attempt) REFERENCES attempt(run_id, attempt)
) STRICT;
INSERT INTO result VALUES(1,1,0.52941176470588235947,0,0.69858344213588530191,1,0.46773060700000002043,363.62764947679465875,146.49218749999999999,'CPU, 1 thread','0.1.0 (0af826c)','2.13.0','84e715c4fcd151c03aaeb46ba878c45a98f163c8a26b652abe511ec4be3a6028','f93da6d6b45f90a971f6c5247bb9b36453b2ade438d0cf9c175681296fff4273','32-tiny-s1/1/best.safetensors','8454884e63d4eaa10f3970cc8106e162dc809b1125ae5569921043d5e9b7b7fb',59,34,70,20,3,24,'CheXpert-synthetic',0);
INSERT INTO result VALUES(2,1,0.56862745098039213509,1,0.72803218210617159922,1,0.39159695599999999604,407.9274921810812202,146.22265624999999999,'CPU, 1 thread','0.1.0 (0af826c)','2.13.0','84e715c4fcd151c03aaeb46ba878c45a98f163c8a26b652abe511ec4be3a6028','f93da6d6b45f90a971f6c5247bb9b36453b2ade438d0cf9c175681296fff4273','32-tiny-s2/1/best.safetensors','e8e4517a2ba27291510fdcc84fa944b3ff4b6a2f935af7045d521272e5332a18',59,34,70,20,3,24,'CheXpert-synthetic',0);
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
INSERT INTO event VALUES(1,1795610938735,1,NULL,'added','');
INSERT INTO event VALUES(2,1795610938735,2,NULL,'added','');
INSERT INTO event VALUES(3,1795610938735,NULL,NULL,'sweep','smoke: 2 added, 0 restored, 0 relabelled, 0 dropped');
INSERT INTO event VALUES(4,1795610938757,1,1,'claimed','for cpu:0');
INSERT INTO event VALUES(5,1795610938788,1,1,'started','process 13549 on vm');
INSERT INTO event VALUES(6,1795610938796,2,1,'claimed','for cpu:1');
INSERT INTO event VALUES(7,1795610938848,2,1,'started','process 13550 on vm');
INSERT INTO event VALUES(8,1795610940324,2,1,'done','AUC 0.568627');
INSERT INTO event VALUES(9,1795610940648,1,1,'done','AUC 0.529412');
CREATE INDEX run_claim ON run (cost DESC, id) WHERE current = 1 AND state = 'pending';
CREATE INDEX run_wake ON run (not_before_ms) WHERE state = 'waiting';
CREATE INDEX run_count ON run (state) WHERE current = 1;
CREATE TRIGGER attempt_only_grows BEFORE UPDATE OF attempt ON run WHEN NEW.attempt < OLD.attempt
BEGIN SELECT RAISE(ABORT, 'the attempt number of a run may not fall'); END;
CREATE TRIGGER done_is_final BEFORE UPDATE OF state ON run
WHEN OLD.state = 'done' AND NEW.state <> 'done'
BEGIN SELECT RAISE(ABORT, 'a done run stays done'); END;
CREATE UNIQUE INDEX attempt_open ON attempt (run_id) WHERE ended_ms IS NULL;
CREATE TRIGGER result_is_final BEFORE UPDATE ON result
BEGIN SELECT RAISE(ABORT, 'a result never changes'); END;
CREATE INDEX event_run ON event (run_id, id);
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
GROUP BY resolution, architecture, variant
;
CREATE VIEW predictions AS
SELECT run.name AS run_id,
       run.resolution, run.architecture, run.variant, run.seed,
       prediction.study, prediction.label, prediction.probability, prediction.logit
FROM prediction
JOIN run ON run.id = prediction.run_id;
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
LEFT JOIN attempt AS newest ON newest.run_id = run.id AND newest.attempt = run.attempt
;
-- What keeps pending runs from being started, for those who ask from outside.

-- No row: new runs are started.
CREATE TABLE halt (
  id     INTEGER PRIMARY KEY CHECK (id = 1),  -- one row at most
  reason TEXT    NOT NULL,  -- why none is started: stopped early, no room on the disk, ...
  at_ms  INTEGER NOT NULL   -- since when
) STRICT;

-- The slots of the newest orchestrator. Which run is on one says its open attempt.
CREATE TABLE slot (
  name       TEXT PRIMARY KEY,  -- as attempt.slot: a GPU's UUID, "UUID#1", or "cpu:0"
  label      TEXT NOT NULL,     -- for people: "GPU 0 Quadro P6000"
  problem    TEXT NOT NULL,     -- why it is given no run; empty: it is given runs
  changed_ms INTEGER NOT NULL   -- when that changed last
) STRICT, WITHOUT ROWID;
INSERT INTO slot VALUES('cpu:0','CPU 0','',1700000000000);
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
COMMIT;
