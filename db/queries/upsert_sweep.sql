-- ?1 name, ?2 file_text, ?3 now in ms
INSERT INTO sweep (name, file_text, created_ms, changed_ms) VALUES (?1, ?2, ?3, ?3)
ON CONFLICT (name) DO UPDATE SET file_text = excluded.file_text,
  changed_ms = CASE WHEN file_text <> excluded.file_text THEN excluded.changed_ms
                    ELSE changed_ms END
RETURNING id
