-- ?1 now in ms. A GPU that is free is held while an attempt on it is open, and the other way round.
-- A slot is named by its GPU's UUID, further ones on the same GPU by UUID#1, UUID#2, ... The open
-- attempts are read once, not for every GPU.
UPDATE gpu
SET state = CASE state WHEN 'free' THEN 'held' ELSE 'free' END, changed_ms = ?1
WHERE state IN ('free', 'held')
  AND (state = 'held') <> (uuid IN (SELECT CASE instr(slot, '#') WHEN 0 THEN slot
                                           ELSE substr(slot, 1, instr(slot, '#') - 1) END
                                    FROM attempt WHERE ended_ms IS NULL))
