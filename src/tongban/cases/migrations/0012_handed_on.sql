-- A case that was handed on is work for the body that is to take it over, then for the one above both if it objects;
-- whoever held it finds it again by `held`.
ALTER TABLE task DROP CONSTRAINT task_kind_check;
ALTER TABLE task ADD CONSTRAINT task_kind_check
    CHECK (kind IN ('escalated', 'undelivered', 'questioned', 'joined', 'handed-on', 'objected', 'held'));
CREATE INDEX task_held ON task (body, at DESC, case_id DESC) WHERE kind = 'held';
