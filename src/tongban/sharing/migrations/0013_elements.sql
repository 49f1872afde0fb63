-- Elements of the dictionary that were changed here through a case, over those of the files: kinds of values, never data.
CREATE TABLE data_element (
    element   text NOT NULL CHECK (element <> ''),
    version   integer NOT NULL CHECK (version > 0),
    body      text NOT NULL CHECK (body <> ''),
    content   jsonb NOT NULL,
    published timestamptz NOT NULL,
    event     text NOT NULL UNIQUE CHECK (event <> ''),
    PRIMARY KEY (element, version)
);
CREATE TRIGGER data_element_is_final BEFORE UPDATE OR DELETE ON data_element
    FOR EACH ROW EXECUTE FUNCTION data_entry_is_final();
