-- Entries of the directory of shared data that were published here, over those of the files. Kinds of data, never data.
CREATE TABLE data_entry (
    resource  text NOT NULL CHECK (resource <> ''),
    version   integer NOT NULL CHECK (version > 0),
    body      text NOT NULL CHECK (body <> ''),
    content   jsonb NOT NULL,
    published timestamptz NOT NULL,
    event     text NOT NULL UNIQUE CHECK (event <> ''),
    PRIMARY KEY (resource, version)
);

-- What a body proposes, as it was proposed: the case that carries it names it by its id, and it never changes.
CREATE TABLE data_entry_proposal (
    body     text NOT NULL CHECK (body <> ''),
    id       uuid NOT NULL,
    resource text NOT NULL CHECK (resource <> ''),
    content  jsonb NOT NULL,
    at       timestamptz NOT NULL,
    by_id    text NOT NULL,
    case_id  text NOT NULL DEFAULT '',
    PRIMARY KEY (body, id)
);
CREATE INDEX data_entry_proposal_at ON data_entry_proposal (body, at DESC, id DESC);

CREATE FUNCTION data_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a published entry is final' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER data_entry_is_final BEFORE UPDATE OR DELETE ON data_entry
    FOR EACH ROW EXECUTE FUNCTION data_entry_is_final();
