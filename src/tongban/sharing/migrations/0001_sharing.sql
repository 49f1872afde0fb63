-- What the state knows of a person, and who looked. These belong to the person, not to a region's case, so the person
-- leads the key: one person's rows lie together wherever the looking body is.
CREATE TABLE shared_record (
    person   text NOT NULL,
    resource text NOT NULL,
    record   text NOT NULL,
    fields   jsonb NOT NULL,
    as_of    timestamptz NOT NULL,
    PRIMARY KEY (person, resource, record)
);

CREATE TABLE shared_access (
    person   text NOT NULL,
    at       timestamptz NOT NULL,
    id       uuid NOT NULL,
    resource text NOT NULL,
    record   text NOT NULL,
    fields   text[] NOT NULL CHECK (cardinality(fields) > 0),
    answered boolean NOT NULL,
    reader   jsonb NOT NULL,
    purpose  text NOT NULL CHECK (purpose <> ''),
    matter   text NOT NULL CHECK (matter <> ''),
    law      text NOT NULL,
    source   jsonb NOT NULL,
    PRIMARY KEY (person, at, id)
);

-- A look at somebody's data is never rewritten and never forgotten here (政务数据共享条例 29: kept three years at least).
CREATE FUNCTION shared_access_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an access record is final' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER shared_access_is_final BEFORE UPDATE OR DELETE ON shared_access
    FOR EACH ROW EXECUTE FUNCTION shared_access_is_final();
