-- ?1 now in ms. A GPU that is free is held while an attempt on it is open, and the other way round.
-- A slot is named by its GPU's UUID, further ones on the same GPU by UUID#1, UUID#2, ..., and
-- several that train one run together by all their names, "UUID+UUID". The open attempts are read
-- once, not for every GPU.
UPDATE gpu
SET state = CASE state WHEN 'free' THEN 'held' ELSE 'free' END, changed_ms = ?1
WHERE state IN ('free', 'held')
  AND (state = 'held') <> (uuid IN (SELECT CASE instr(part.value, '#') WHEN 0 THEN part.value
                                           ELSE substr(part.value, 1, instr(part.value, '#') - 1) END
                                    FROM attempt, json_each(replace(json_array(slot), '+', '","')) AS part
                                    WHERE ended_ms IS NULL))
