-- A run of a policy over many people's records: one row a run and resource, written before or with what comes of it. Whoever
-- is offered something has a line of their own in shared_access; of all others the run itself is the record (docs/decisions).
CREATE TABLE population_run (
    region     text COLLATE "C" NOT NULL,
    at         timestamptz NOT NULL,
    id         uuid NOT NULL,
    resource   text NOT NULL CHECK (resource <> ''),
    label      jsonb NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('offers', 'trial')),
    policy     text NOT NULL CHECK (policy <> ''),
    name       jsonb NOT NULL,
    purpose    text NOT NULL CHECK (purpose <> ''),
    law        jsonb NOT NULL CHECK (law ->> 'zh' <> '' AND law ->> 'en' <> ''),
    reader     jsonb NOT NULL CHECK (reader ->> 'id' <> ''),
    body       text NOT NULL,
    post       text NOT NULL,
    as_of      date NOT NULL,
    people     bigint NOT NULL CHECK (people >= 0),
    found      bigint CHECK (found BETWEEN 0 AND people),
    once       text NOT NULL,
    kept_until date NOT NULL CHECK (kept_until >= ((at AT TIME ZONE 'UTC')::date + interval '3 years')::date),
    PRIMARY KEY (region, at, id, resource)
);
COMMENT ON COLUMN population_run.people IS 'how many were compared; nobody is named';
COMMENT ON COLUMN population_run.found IS 'how many were found; null for a trial, which finds nobody';
CREATE INDEX population_run_at ON population_run (at DESC, id DESC);
CREATE UNIQUE INDEX population_run_once ON population_run (once, resource);
CREATE INDEX population_run_over ON population_run (kept_until);
CREATE TRIGGER population_run_is_final BEFORE UPDATE OR DELETE ON population_run
    FOR EACH ROW EXECUTE FUNCTION shared_access_is_final();
CREATE TRIGGER population_run_is_whole BEFORE TRUNCATE ON population_run
    FOR EACH STATEMENT EXECUTE FUNCTION shared_access_is_whole();

-- Attempts that were refused are kept as long as what was opened.
CREATE INDEX access_refused_over ON access_refused (at);
CREATE FUNCTION access_refused_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.at < current_date - interval '3 years' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'an access record is final' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER access_refused_is_kept BEFORE DELETE ON access_refused
    FOR EACH ROW EXECUTE FUNCTION access_refused_is_kept();
