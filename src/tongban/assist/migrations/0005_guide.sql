-- What the guide said, what people made of it, and what departments decided to learn from that. Rows are only added.
-- Nothing here names anybody: questions are kept with everything personal masked, and nobody's name stands with them.

-- An answer as it was said, whole; its id is the hash of the content, so the same answer is kept once.
CREATE TABLE guide_answer (
    region  text COLLATE "C" NOT NULL,
    id      text COLLATE "C" NOT NULL,
    at      timestamptz NOT NULL,
    content jsonb NOT NULL,
    PRIMARY KEY (region, id)
);
COMMENT ON COLUMN guide_answer.at IS 'when it was first said';

-- What somebody did with an answer: chose an item, or said that none of them was it.
CREATE TABLE guide_feedback (
    region   text COLLATE "C" NOT NULL,
    id       uuid NOT NULL,
    answer   text COLLATE "C" NOT NULL,
    at       timestamptz NOT NULL,
    kind     text NOT NULL CHECK (kind IN ('chosen', 'none')),
    item     text COLLATE "C" NOT NULL,
    question text NOT NULL,
    PRIMARY KEY (region, id)
);
CREATE INDEX guide_feedback_question ON guide_feedback (region, kind, item, question);

-- What a department's reviewer decided about a common name. The newest row of an item and an alias is how it stands.
CREATE TABLE guide_alias (
    region   text COLLATE "C" NOT NULL,
    item     text COLLATE "C" NOT NULL,
    id       uuid NOT NULL,
    alias    text NOT NULL,
    question text NOT NULL,
    state    text NOT NULL CHECK (state IN ('accepted', 'rejected', 'withdrawn')),
    version  integer NOT NULL CHECK (version > 0),
    at       timestamptz NOT NULL,
    why      text NOT NULL,
    by_id    text NOT NULL CHECK (by_id <> ''),
    by_name  text NOT NULL CHECK (by_name <> ''),
    body     text NOT NULL CHECK (body <> ''),
    PRIMARY KEY (region, item, id)
);
COMMENT ON COLUMN guide_alias.version IS 'of the item''s learned aliases: counts up with every decision';
CREATE UNIQUE INDEX guide_alias_version ON guide_alias (region, item, version);

CREATE TRIGGER guide_answer_is_final BEFORE UPDATE OR DELETE ON guide_answer
    FOR EACH ROW EXECUTE FUNCTION assist_rows_are_final();
CREATE TRIGGER guide_feedback_is_final BEFORE UPDATE OR DELETE ON guide_feedback
    FOR EACH ROW EXECUTE FUNCTION assist_rows_are_final();
CREATE TRIGGER guide_alias_is_final BEFORE UPDATE OR DELETE ON guide_alias
    FOR EACH ROW EXECUTE FUNCTION assist_rows_are_final();

SELECT assist_grant('guide_answer', 'SELECT, INSERT');
SELECT assist_grant('guide_feedback', 'SELECT, INSERT');
SELECT assist_grant('guide_alias', 'SELECT, INSERT');
