-- Who entered a course, a class sheet or a leave into the register, when, and what was written: entries themselves keep
-- only what holds now. Numbers of officials and posts; nothing of citizens.
CREATE TABLE org_entered (
    body    text COLLATE "C" NOT NULL,
    at      timestamptz NOT NULL,
    kind    text NOT NULL,
    id      text COLLATE "C" NOT NULL,
    post    text COLLATE "C" NOT NULL,
    person  text COLLATE "C" NOT NULL,
    entry   jsonb NOT NULL,
    PRIMARY KEY (body, at, kind, id)
);
