-- The key of each person's data, wrapped under the master key, which is not in the database. Deleting a row here makes
-- everything sealed with it unreadable, also in every copy: back this table up apart from the rest, and not for long.
CREATE TABLE person_key (
    person  text COLLATE "C" PRIMARY KEY,
    id      bytea NOT NULL UNIQUE CHECK (length(id) = 16),
    suite   text NOT NULL,
    master  text COLLATE "C" NOT NULL,
    wrapped bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    made_by xid8 NOT NULL DEFAULT pg_current_xact_id()
);
COMMENT ON COLUMN person_key.suite IS 'fixes the algorithm: no message chooses it';
COMMENT ON COLUMN person_key.master IS 'the version of the master key it is wrapped under';
COMMENT ON COLUMN person_key.made_by IS 'a key of a transaction that may still be rolled back is not kept in memory';
CREATE INDEX person_key_master ON person_key (master, person);

-- What is left of a key that was deleted: that there was one, when it went, and why.
CREATE TABLE person_key_erased (
    id        bytea PRIMARY KEY,
    person    text COLLATE "C" NOT NULL,
    erased_at timestamptz NOT NULL,
    why       text NOT NULL CHECK (btrim(why) <> '')
);
CREATE INDEX person_key_erased_person ON person_key_erased (person);
CREATE FUNCTION person_key_erased_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an erasure is final' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER person_key_erased_is_final BEFORE UPDATE OR DELETE ON person_key_erased
    FOR EACH ROW EXECUTE FUNCTION person_key_erased_is_final();
