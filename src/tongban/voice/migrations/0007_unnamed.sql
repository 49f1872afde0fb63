-- What names no service is gathered too: grouped by its words, and put to a service by a person alone.
ALTER TABLE complaint ADD COLUMN named_by text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE complaint ADD COLUMN named_at timestamptz;
COMMENT ON COLUMN complaint.named_by IS 'Who said which service it is about, where it named none.';
CREATE INDEX complaint_unnamed ON complaint (region, at) WHERE service = '' AND cause = '';
DROP INDEX hotline_row_about;
CREATE INDEX hotline_row_heard ON hotline_row (at);
