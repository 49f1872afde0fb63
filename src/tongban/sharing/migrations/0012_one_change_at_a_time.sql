-- Which case is changing an entry of the directory now: one at a time, whoever comes second learns of the first. Kinds of
-- data, never data of anybody.
CREATE TABLE data_entry_open (
    entry   text PRIMARY KEY CHECK (entry <> ''),
    case_id text NOT NULL CHECK (case_id <> ''),
    since   timestamptz NOT NULL
);
CREATE INDEX data_entry_open_case ON data_entry_open (case_id);
