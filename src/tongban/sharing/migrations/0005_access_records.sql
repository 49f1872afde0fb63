-- Every opening of a person's data leaves a row, whoever opens them and wherever they lie: look-ups, cases, documents,
-- exports. A row concerns one person. Rows of before stay readable: what they did not say is empty.
ALTER TABLE shared_access
    ADD COLUMN kind       text NOT NULL DEFAULT 'look-up',
    ADD COLUMN post       text NOT NULL DEFAULT '',
    ADD COLUMN body       text NOT NULL DEFAULT '',
    ADD COLUMN grant_id   text NOT NULL DEFAULT '',
    ADD COLUMN case_id    text NOT NULL DEFAULT '',
    ADD COLUMN case_open  boolean,
    ADD COLUMN own        boolean NOT NULL DEFAULT true,
    ADD COLUMN near       text NOT NULL DEFAULT '',
    ADD COLUMN once       text,
    ADD COLUMN shown_from timestamptz,
    ADD COLUMN delayed_by text,
    ADD COLUMN kept_until date;

ALTER TABLE shared_access DISABLE TRIGGER shared_access_is_final;
UPDATE shared_access SET post = coalesce(reader ->> 'title', ''), body = coalesce(reader ->> 'body', ''),
    shown_from = at, kept_until = ((at AT TIME ZONE 'UTC')::date + interval '3 years')::date + 1;
ALTER TABLE shared_access ENABLE TRIGGER shared_access_is_final;

-- A row without purpose, matter, basis, reader or fields cannot be written; NOT VALID spares the rows of before.
ALTER TABLE shared_access
    ALTER COLUMN shown_from SET NOT NULL,
    ALTER COLUMN kept_until SET NOT NULL,
    ALTER COLUMN kind DROP DEFAULT,
    ALTER COLUMN grant_id DROP DEFAULT,
    ADD CONSTRAINT shared_access_kind CHECK (kind IN ('look-up', 'case', 'document', 'counter', 'export',
        'certificate', 'population', 'emergency')),
    ADD CONSTRAINT shared_access_person CHECK (person <> '') NOT VALID,
    ADD CONSTRAINT shared_access_grant CHECK (grant_id <> '') NOT VALID,
    ADD CONSTRAINT shared_access_law CHECK (law ->> 'zh' <> '' AND law ->> 'en' <> '') NOT VALID,
    ADD CONSTRAINT shared_access_reader CHECK (reader ->> 'id' <> '') NOT VALID,
    ADD CONSTRAINT shared_access_official CHECK (reader ->> 'kind' <> 'official' OR (post <> '' AND body <> ''))
        NOT VALID,
    ADD CONSTRAINT shared_access_case CHECK (kind NOT IN ('case', 'document', 'emergency') OR case_id <> ''),
    ADD CONSTRAINT shared_access_emergency CHECK ((kind = 'emergency') = (grant_id LIKE 'emergency:%')),
    ADD CONSTRAINT shared_access_delayed CHECK ((delayed_by IS NULL) = (shown_from = at) AND shown_from >= at),
    -- 政务数据共享条例 29: three years at least
    ADD CONSTRAINT shared_access_kept CHECK (kept_until >= ((at AT TIME ZONE 'UTC')::date + interval '3 years')::date);

CREATE UNIQUE INDEX shared_access_once ON shared_access (person, once);
CREATE INDEX shared_access_shown ON shared_access (person, shown_from DESC, id DESC);
CREATE INDEX shared_access_body ON shared_access (body, at DESC, id DESC);
CREATE INDEX shared_access_closed ON shared_access (body, at DESC, id DESC) WHERE case_open = false;
CREATE INDEX shared_access_near ON shared_access (body, at DESC, id DESC) WHERE near <> '';
CREATE INDEX shared_access_over ON shared_access (kept_until);

CREATE OR REPLACE FUNCTION shared_access_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.kept_until < current_date THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'an access record is final' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE FUNCTION shared_access_is_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'access records are not emptied' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER shared_access_is_whole BEFORE TRUNCATE ON shared_access
    FOR EACH STATEMENT EXECUTE FUNCTION shared_access_is_whole();

-- What was tried and refused. It names no person: nothing was read. Shown to supervising posts.
CREATE TABLE access_refused (
    body    text NOT NULL CHECK (body <> ''),
    at      timestamptz NOT NULL,
    id      uuid NOT NULL,
    post    text NOT NULL CHECK (post <> ''),
    reader  text NOT NULL CHECK (reader <> ''),
    kind    text NOT NULL,
    case_id text NOT NULL,
    code    text NOT NULL CHECK (code <> ''),
    once    text NOT NULL,
    PRIMARY KEY (body, at, id)
);
CREATE UNIQUE INDEX access_refused_once ON access_refused (body, once);
CREATE TRIGGER access_refused_is_final BEFORE UPDATE OR TRUNCATE ON access_refused
    FOR EACH STATEMENT EXECUTE FUNCTION shared_access_is_whole();

-- 紧急查看: an official opened a case that is not theirs, for a reason, for a short time; each is reviewed.
CREATE TABLE access_emergency (
    body      text NOT NULL CHECK (body <> ''),
    at        timestamptz NOT NULL,
    id        uuid NOT NULL,
    post      text NOT NULL CHECK (post <> ''),
    reader    text NOT NULL CHECK (reader <> ''),
    case_id   text NOT NULL CHECK (case_id <> ''),
    person    text NOT NULL CHECK (person <> ''),
    until     timestamptz NOT NULL CHECK (until > at AND until <= at + interval '1 day'),
    ground    text NOT NULL CHECK (ground <> ''),
    reason    text NOT NULL CHECK (char_length(reason) >= 10),
    delayed_by text,
    watcher   text NOT NULL CHECK (watcher <> ''),
    PRIMARY KEY (body, at, id)
);
CREATE INDEX access_emergency_running ON access_emergency (reader, case_id, until);
CREATE INDEX access_emergency_watcher ON access_emergency (watcher, at DESC, id DESC);
-- Its review, a case of its own, is named once it is open; the row itself is never rewritten.
CREATE TABLE access_review (
    emergency uuid PRIMARY KEY,
    case_id   text NOT NULL CHECK (case_id <> '')
);
CREATE TRIGGER access_emergency_is_final BEFORE UPDATE OR DELETE OR TRUNCATE ON access_emergency
    FOR EACH STATEMENT EXECUTE FUNCTION shared_access_is_whole();
