-- Papers to be read, and what was read from them. A row is one file: of a draft (`case_id` empty) or of a case. Kept of a
-- paper are only the fields of its paper file, never the rest of its words; deleting rows loses nothing but the reading.
CREATE TABLE precheck_paper (
    region       text COLLATE "C" NOT NULL,
    case_id      text COLLATE "C" NOT NULL,
    document     text COLLATE "C" NOT NULL,
    service      text COLLATE "C" NOT NULL,
    material     text COLLATE "C" NOT NULL,
    person       text COLLATE "C" NOT NULL,
    sha256       text NOT NULL,
    type         text NOT NULL,
    due_at       timestamptz NOT NULL,
    attempts     integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    done_at      timestamptz,
    call         text NOT NULL DEFAULT '',
    outcome      text NOT NULL DEFAULT '',
    extracted    jsonb,
    PRIMARY KEY (region, case_id, document)
);
COMMENT ON COLUMN precheck_paper.call IS 'the line of the gate''s log';
COMMENT ON COLUMN precheck_paper.outcome IS 'suggested, or the code of the abstention; empty while it waits';
CREATE INDEX precheck_paper_due ON precheck_paper (due_at) WHERE done_at IS NULL;
CREATE INDEX precheck_paper_read ON precheck_paper (region, document) WHERE extracted IS NOT NULL;

SELECT assist_grant('precheck_paper', 'SELECT, INSERT, UPDATE, DELETE');
