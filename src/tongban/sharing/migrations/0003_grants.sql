-- Grants of shared data. One row says what may be asked for; without a row the answer is no. No personal datum is here.
CREATE TABLE data_grant (
    id       text PRIMARY KEY,
    resource text NOT NULL CHECK (resource <> ''),
    record   text NOT NULL CHECK (record <> ''),
    fields   text[] NOT NULL,
    tests    jsonb NOT NULL,
    provider text NOT NULL CHECK (provider <> ''),
    consumer text NOT NULL CHECK (consumer <> ''),
    service  text NOT NULL CHECK (service <> ''),
    purpose  jsonb NOT NULL,
    law      jsonb NOT NULL,
    mode     text NOT NULL CHECK (mode IN ('interface', 'batch', 'file')),
    since    date NOT NULL,
    until    date NOT NULL CHECK (until >= since),
    suspended jsonb,
    ended    jsonb,
    case_id  text NOT NULL,
    CHECK (cardinality(fields) > 0 OR tests <> '[]'::jsonb)
);
CREATE INDEX data_grant_service ON data_grant (service, resource);
CREATE INDEX data_grant_provider ON data_grant (provider, until);
CREATE INDEX data_grant_consumer ON data_grant (consumer, until);

-- Every change of a grant, once for each event of the case that made it; never rewritten (政务数据共享条例 29).
CREATE TABLE data_grant_change (
    grant_id text NOT NULL,
    event    text NOT NULL CHECK (event <> ''),
    at       timestamptz NOT NULL,
    what     text NOT NULL CHECK (what IN ('given', 'suspended', 'resumed', 'ended')),
    by_id    text NOT NULL,
    reasons  text NOT NULL,
    PRIMARY KEY (grant_id, event)
);
CREATE FUNCTION data_grant_change_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a change of a grant is final' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER data_grant_change_is_final BEFORE UPDATE OR DELETE ON data_grant_change
    FOR EACH ROW EXECUTE FUNCTION data_grant_change_is_final();
