-- What machines suggested, what people did with it, and what was switched off. Rows are only ever added.
--
-- The role below owns nothing and may touch nothing but tables of this package: whatever a model talks our code into,
-- the database lets it write no case, no certificate and no record. A role is the server's, not the database's, so it
-- may exist already; who runs the migrations may not be allowed to make one (docs/production.md says what to do then).
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tongban_assist') THEN
        CREATE ROLE tongban_assist NOLOGIN NOINHERIT;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this server made it meanwhile
    WHEN insufficient_privilege THEN
        RAISE WARNING 'the role tongban_assist is missing and could not be made';
END
$$;
DO $$
BEGIN
    IF NOT pg_has_role(current_user, 'tongban_assist', 'SET') THEN
        GRANT tongban_assist TO CURRENT_USER WITH INHERIT FALSE, SET TRUE;
    END IF;
EXCEPTION
    WHEN undefined_object OR insufficient_privilege THEN
        RAISE WARNING 'this user cannot act as tongban_assist';
END
$$;

-- Later migrations of this package open their tables to the role with it: SELECT assist_grant('route_model', 'SELECT, INSERT');
CREATE FUNCTION assist_grant(named regclass, rights text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tongban_assist') THEN
        EXECUTE format('GRANT %s ON %s TO tongban_assist', rights, named);
    END IF;
END
$$;

-- One call of a use. Input and output are kept as hashes; `suggestion` only where it is about a case, for the person and
-- the official to see. `person` is a keyed hash: enough to count calls, not enough to name anybody.
CREATE TABLE assist_call (
    region      text COLLATE "C" NOT NULL,
    id          text COLLATE "C" NOT NULL,
    use         text COLLATE "C" NOT NULL,
    version     text NOT NULL,
    at          timestamptz NOT NULL,
    subject     text COLLATE "C" NOT NULL,
    person      text COLLATE "C" NOT NULL,
    post        text COLLATE "C" NOT NULL,
    input_hash  text NOT NULL,
    output_hash text NOT NULL,
    outcome     text NOT NULL CHECK (outcome <> ''),
    confidence  double precision,
    took_us     bigint NOT NULL CHECK (took_us >= 0),
    cost_micro  bigint NOT NULL CHECK (cost_micro >= 0),
    suggestion  jsonb,
    PRIMARY KEY (region, id)
);
COMMENT ON COLUMN assist_call.outcome IS 'suggested, or the code of the abstention';
COMMENT ON COLUMN assist_call.cost_micro IS 'millionths of a yuan';
CREATE INDEX assist_call_case ON assist_call (region, subject, at, id) WHERE subject <> '';
CREATE INDEX assist_call_person ON assist_call (use, person, at) WHERE person <> '';
CREATE INDEX assist_call_use ON assist_call (use, at);

-- What a human did with a suggestion. One answer a person: it is theirs, and it stays.
CREATE TABLE assist_settled (
    region        text COLLATE "C" NOT NULL,
    call          text COLLATE "C" NOT NULL,
    person        text COLLATE "C" NOT NULL,
    post          text COLLATE "C" NOT NULL,
    body          text COLLATE "C" NOT NULL,
    use           text COLLATE "C" NOT NULL,
    at            timestamptz NOT NULL,
    outcome       text NOT NULL CHECK (outcome IN ('accepted', 'declined')),
    reason        text NOT NULL,
    seconds_shown double precision NOT NULL CHECK (seconds_shown >= 0),
    PRIMARY KEY (region, call, person)
);
COMMENT ON COLUMN assist_settled.person IS 'an official''s id; a citizen''s keyed hash';
CREATE INDEX assist_settled_use ON assist_settled (use, at);

-- The off-switch. The newest row of a use and region is how it stands; `000000` is everywhere.
CREATE TABLE assist_switch (
    region  text COLLATE "C" NOT NULL,
    use     text COLLATE "C" NOT NULL,
    id      uuid NOT NULL,
    at      timestamptz NOT NULL,
    state   text NOT NULL CHECK (state IN ('off', 'on')),
    why     text NOT NULL CHECK (btrim(why) <> ''),
    kind    text NOT NULL CHECK (kind IN ('official', 'operator', 'threshold')),
    by_id   text NOT NULL CHECK (by_id <> ''),
    by_name text NOT NULL CHECK (by_name <> ''),
    PRIMARY KEY (region, use, id)
);

-- People who do not want a machine to look at their matters (PIPL 24). `use` is `*` for all; the newest row counts.
CREATE TABLE assist_opt_out (
    region text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL,
    use    text COLLATE "C" NOT NULL,
    id     uuid NOT NULL,
    at     timestamptz NOT NULL,
    state  text NOT NULL CHECK (state IN ('out', 'in')),
    PRIMARY KEY (region, person, use, id)
);
CREATE INDEX assist_opt_out_person ON assist_opt_out (person, use, id DESC);

-- The key that people are hashed with in the log; without it nobody is found in there.
CREATE TABLE assist_key (
    name  text PRIMARY KEY,
    value bytea NOT NULL CHECK (length(value) = 32)
);

CREATE FUNCTION assist_rows_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a record of what a machine or a human did is final' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER assist_call_is_final BEFORE UPDATE OR DELETE ON assist_call
    FOR EACH ROW EXECUTE FUNCTION assist_rows_are_final();
CREATE TRIGGER assist_settled_is_final BEFORE UPDATE OR DELETE ON assist_settled
    FOR EACH ROW EXECUTE FUNCTION assist_rows_are_final();
CREATE TRIGGER assist_switch_is_final BEFORE UPDATE OR DELETE ON assist_switch
    FOR EACH ROW EXECUTE FUNCTION assist_rows_are_final();
CREATE TRIGGER assist_opt_out_is_final BEFORE UPDATE OR DELETE ON assist_opt_out
    FOR EACH ROW EXECUTE FUNCTION assist_rows_are_final();

SELECT assist_grant('assist_call', 'SELECT, INSERT');
SELECT assist_grant('assist_settled', 'SELECT, INSERT');
SELECT assist_grant('assist_switch', 'SELECT, INSERT');
SELECT assist_grant('assist_opt_out', 'SELECT, INSERT');
SELECT assist_grant('assist_key', 'SELECT, INSERT');
