-- Consultations. What is said in one is public; who said it, and how anybody voted, is under a key of that consultation
-- alone, which is erased when it closes.
CREATE TABLE consultation (
    region    text COLLATE "C" NOT NULL,
    id        text COLLATE "C" NOT NULL,
    body      text COLLATE "C" NOT NULL,
    title     jsonb NOT NULL,
    question  jsonb NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('policy', 'service')),
    subject   text COLLATE "C" NOT NULL,
    version   text COLLATE "C" NOT NULL,
    replaces  text COLLATE "C" NOT NULL DEFAULT '',
    from_age  smallint NOT NULL,
    opened_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    report_by date NOT NULL,
    opened_by text COLLATE "C" NOT NULL,
    closed_at timestamptz,
    results   jsonb,
    report    jsonb,
    PRIMARY KEY (region, id)
);
CREATE UNIQUE INDEX consultation_id ON consultation (id);
CREATE INDEX consultation_closing ON consultation (closes_at, id);
COMMENT ON COLUMN consultation.replaces IS 'The version of the same service that is in force meanwhile.';

-- `author` is a keyed name that holds in this consultation only, and is emptied when it closes. A day and no time: the
-- minute would say whose session was busy then.
CREATE TABLE consultation_statement (
    region       text COLLATE "C" NOT NULL,
    consultation text COLLATE "C" NOT NULL,
    number       integer NOT NULL,
    author       bytea NOT NULL DEFAULT '',
    words        text NOT NULL,
    said_on      date NOT NULL,
    PRIMARY KEY (region, consultation, number)
);
CREATE INDEX consultation_statement_author ON consultation_statement (region, consultation, author) WHERE author <> '';

-- What people decided about a statement, and what its author said to it. Never changed, only added to.
CREATE TABLE consultation_moderation (
    region       text COLLATE "C" NOT NULL,
    consultation text COLLATE "C" NOT NULL,
    number       integer NOT NULL,
    seq          integer NOT NULL,
    act          text NOT NULL CHECK (act IN ('removed', 'objected', 'restored', 'upheld')),
    ground       text NOT NULL DEFAULT '',
    words        text NOT NULL,
    official     text COLLATE "C" NOT NULL DEFAULT '',
    post         text COLLATE "C" NOT NULL DEFAULT '',
    on_day       date NOT NULL,
    PRIMARY KEY (region, consultation, number, seq)
);

-- One row a voter, however much they voted: the primary key is one person, one vote. `votes` is sealed and of one length
-- for many votes and few; there is no time in it. Gone when the consultation closes.
CREATE TABLE consultation_ballot (
    region       text COLLATE "C" NOT NULL,
    consultation text COLLATE "C" NOT NULL,
    voter        bytea NOT NULL,
    votes        text NOT NULL,
    counted      boolean NOT NULL DEFAULT false,
    PRIMARY KEY (region, consultation, voter)
);
