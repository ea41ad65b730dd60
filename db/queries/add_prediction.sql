-- ?1 run, ?2 study, ?3 label, ?4 logit, ?5 probability, ?6 attempt
INSERT INTO prediction (run_id, study, label, logit, probability, attempt)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
