-- Watching machines and officials: how far a use is let, what was measured, what officials saw before the machine's word.

-- The newest row of a use and region is its level. Down by a limit that was passed, up by a person with a reason.
-- `judged` is the figure that demanded it; `case_id` the supervision case, once it is open.
CREATE TABLE assist_level (
    region  text COLLATE "C" NOT NULL,
    use     text COLLATE "C" NOT NULL,
    id      uuid NOT NULL,
    at      timestamptz NOT NULL,
    level   text NOT NULL CHECK (level IN ('on', 'second-look', 'off')),
    kind    text NOT NULL CHECK (kind IN ('limit', 'official')),
    why     jsonb NOT NULL,
    by_id   text NOT NULL CHECK (by_id <> ''),
    by_name text NOT NULL CHECK (by_name <> ''),
    judged  jsonb,
    case_id text COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (region, use, id)
);
CREATE INDEX assist_level_open ON assist_level (use, region, id DESC);
CREATE FUNCTION assist_level_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- the case that a narrowing opened is the one thing that is known only afterwards, and then for good
    IF TG_OP = 'UPDATE' AND OLD.case_id = '' AND to_jsonb(NEW) - 'case_id' = to_jsonb(OLD) - 'case_id' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a change of level is final' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER assist_level_is_final BEFORE UPDATE OR DELETE ON assist_level
    FOR EACH ROW EXECUTE FUNCTION assist_level_is_final();

-- What an official noted before a suggestion was shown to them. The words go when they have answered it (PIPL 6, 19).
CREATE TABLE assist_own_view (
    region text COLLATE "C" NOT NULL,
    call   text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL,
    at     timestamptz NOT NULL,
    view   text NOT NULL CHECK (length(view) <= 300),
    PRIMARY KEY (region, call, person)
);

-- What officials answered in exercises: invented matters on a list of their own, never anybody's case.
CREATE TABLE assist_exercise (
    region text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL,
    item   text COLLATE "C" NOT NULL,
    body   text COLLATE "C" NOT NULL,
    use    text COLLATE "C" NOT NULL,
    at     timestamptz NOT NULL,
    sound  boolean NOT NULL,
    accepted boolean NOT NULL,
    PRIMARY KEY (region, person, item)
);
COMMENT ON COLUMN assist_exercise.sound IS 'whether the suggestion of the exercise is right';

-- Known cases run against the machine.
CREATE TABLE assist_known (
    region  text COLLATE "C" NOT NULL,
    use     text COLLATE "C" NOT NULL,
    version text NOT NULL,
    day     date NOT NULL,
    wrong   integer NOT NULL CHECK (wrong >= 0),
    size    integer NOT NULL CHECK (size >= wrong),
    PRIMARY KEY (region, use, version, day)
);

-- The first confidences and abstentions of a version, by band: what drift is measured against.
CREATE TABLE assist_reference (
    region  text COLLATE "C" NOT NULL,
    use     text COLLATE "C" NOT NULL,
    version text NOT NULL,
    bands   jsonb NOT NULL,
    until   timestamptz NOT NULL,
    PRIMARY KEY (region, use, version)
);

-- What the last round found, for pages. Groups too small to be told are gone before they are written.
CREATE TABLE assist_round (
    region text COLLATE "C" NOT NULL,
    use    text COLLATE "C" NOT NULL,
    at     timestamptz NOT NULL,
    found  jsonb NOT NULL,
    PRIMARY KEY (region, use)
);
CREATE TABLE assist_round_official (
    region text COLLATE "C" NOT NULL,
    use    text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL,
    body   text COLLATE "C" NOT NULL,
    found  jsonb NOT NULL,
    PRIMARY KEY (region, use, person)
);
CREATE INDEX assist_round_official_body ON assist_round_official (body);

SELECT assist_grant('assist_level', 'SELECT, INSERT, UPDATE');
SELECT assist_grant('assist_own_view', 'SELECT, INSERT, UPDATE');
SELECT assist_grant('assist_exercise', 'SELECT, INSERT');
SELECT assist_grant('assist_known', 'SELECT, INSERT');
SELECT assist_grant('assist_reference', 'SELECT, INSERT');
SELECT assist_grant('assist_round', 'SELECT, INSERT, UPDATE');
SELECT assist_grant('assist_round_official', 'SELECT, INSERT, DELETE');
