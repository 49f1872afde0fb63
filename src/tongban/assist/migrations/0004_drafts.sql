-- What became of a draft: what was offered, and what the official sent under their own name. Only ever added.
CREATE TABLE assist_draft (
    region  text COLLATE "C" NOT NULL,
    call    text COLLATE "C" NOT NULL,
    person  text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    body    text COLLATE "C" NOT NULL,
    post    text COLLATE "C" NOT NULL,
    name    text NOT NULL,
    act     text COLLATE "C" NOT NULL,
    field   text COLLATE "C" NOT NULL,
    at      timestamptz NOT NULL,
    offered text NOT NULL,
    sent    text NOT NULL,
    kept    double precision NOT NULL CHECK (kept BETWEEN 0 AND 1),
    PRIMARY KEY (region, call, person)
);
COMMENT ON COLUMN assist_draft.person IS 'the official who sent it, by id; name as it was on that day';
COMMENT ON COLUMN assist_draft.kept IS 'share of what was sent that stood in the draft';
CREATE INDEX assist_draft_case ON assist_draft (region, subject, at);
CREATE INDEX assist_draft_body ON assist_draft (body, at DESC, call DESC);
CREATE TRIGGER assist_draft_is_final BEFORE UPDATE OR DELETE ON assist_draft
    FOR EACH ROW EXECUTE FUNCTION assist_rows_are_final();
SELECT assist_grant('assist_draft', 'SELECT, INSERT');
