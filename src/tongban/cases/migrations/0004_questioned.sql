-- Another case about this one is work too, until it is answered.
ALTER TABLE task DROP CONSTRAINT task_kind_check;
ALTER TABLE task ADD CONSTRAINT task_kind_check CHECK (kind IN ('escalated', 'undelivered', 'questioned'));
