-- What a body has ended, the latest first.
CREATE INDEX case_row_closed ON case_row (body, updated_at DESC, case_id DESC) WHERE NOT open;
