-- Which term a row's dates are of, when it began, and of a decided case what share of that time was used.
-- Cases decided before are without it until their rows are made again; nobody waits for that.
ALTER TABLE case_row ADD COLUMN term text NOT NULL DEFAULT '', ADD COLUMN term_at timestamptz, ADD COLUMN used float8;
CREATE INDEX case_row_used ON case_row (service, updated_at DESC) WHERE used IS NOT NULL;
