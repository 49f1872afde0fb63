-- 核查期间晚些告诉本人: a body checks whether a benefit of one case was obtained by fraud; what it opens of that case
-- until a stated day is shown to the person on that day. One official proposes it, another of the same body agrees.
CREATE TABLE access_inspection (
    person     text NOT NULL CHECK (person <> ''),
    id         uuid NOT NULL,
    at         timestamptz NOT NULL,
    case_id    text NOT NULL CHECK (case_id <> ''),
    body       text NOT NULL CHECK (body <> ''),
    post       text NOT NULL CHECK (post <> ''),
    reader     text NOT NULL CHECK (reader <> ''),
    rule       text NOT NULL CHECK (rule <> ''),
    until      timestamptz NOT NULL CHECK (until > at AND until <= at + interval '181 days'),
    reason     text NOT NULL CHECK (starts_with(reason, 'sealed.1.')),
    kept_until date NOT NULL CHECK (kept_until >= ((at AT TIME ZONE 'UTC')::date + interval '3 years')::date),
    PRIMARY KEY (person, id)
);
CREATE INDEX access_inspection_case ON access_inspection (case_id, body, until);
CREATE INDEX access_inspection_body ON access_inspection (body, at DESC, id DESC);
CREATE INDEX access_inspection_over ON access_inspection (kept_until);

-- What was said of one afterwards: agreed to by the second person, ended before its day. Each once.
CREATE TABLE access_inspection_act (
    person     text NOT NULL,
    inspection uuid NOT NULL,
    act        text NOT NULL CHECK (act IN ('agreed', 'ended')),
    at         timestamptz NOT NULL,
    post       text NOT NULL CHECK (post <> ''),
    reader     text NOT NULL CHECK (reader <> ''),
    PRIMARY KEY (person, inspection, act),
    FOREIGN KEY (person, inspection) REFERENCES access_inspection (person, id) ON DELETE CASCADE
);

-- Rows are only ever added; they go when the time for which they are kept is over.
CREATE FUNCTION access_inspection_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND (
        TG_TABLE_NAME = 'access_inspection' AND (to_jsonb(OLD) ->> 'kept_until')::date < current_date
        OR TG_TABLE_NAME = 'access_inspection_act'
           AND NOT EXISTS (SELECT FROM access_inspection i
                            WHERE i.person = OLD.person AND i.id = (to_jsonb(OLD) ->> 'inspection')::uuid))
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'an access record is final' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER access_inspection_is_final BEFORE UPDATE OR DELETE ON access_inspection
    FOR EACH ROW EXECUTE FUNCTION access_inspection_is_final();
CREATE TRIGGER access_inspection_act_is_final BEFORE UPDATE OR DELETE ON access_inspection_act
    FOR EACH ROW EXECUTE FUNCTION access_inspection_is_final();
CREATE TRIGGER access_inspection_is_whole BEFORE TRUNCATE ON access_inspection
    FOR EACH STATEMENT EXECUTE FUNCTION shared_access_is_whole();
CREATE TRIGGER access_inspection_act_is_whole BEFORE TRUNCATE ON access_inspection_act
    FOR EACH STATEMENT EXECUTE FUNCTION shared_access_is_whole();
