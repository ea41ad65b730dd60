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
