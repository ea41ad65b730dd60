-- ?1 uuid, ?2 name, ?3 memory_mb, ?4 state, ?5 reason, ?6 now in ms. A row comes back when the
-- state or the reason changed.
INSERT INTO gpu (uuid, name, memory_mb, state, reason, changed_ms)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (uuid) DO UPDATE SET name = excluded.name, memory_mb = excluded.memory_mb,
  state = excluded.state, reason = excluded.reason, changed_ms = excluded.changed_ms
WHERE state <> excluded.state OR reason <> excluded.reason OR name <> excluded.name
   OR memory_mb <> excluded.memory_mb
RETURNING uuid
