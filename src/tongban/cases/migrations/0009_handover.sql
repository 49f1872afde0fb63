-- Cases that go to another installation and come from one. A message has an id for ever; its row is the proof of it.

-- What we say to others. Written in the transaction of the event that says it, kept when it has been answered.
CREATE TABLE handover_out (
    region       text COLLATE "C" NOT NULL,
    message      uuid NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('paper', 'case', 'recall', 'progress', 'return')),
    case_id      text COLLATE "C" NOT NULL,
    seq          integer NOT NULL,
    place        integer NOT NULL,
    peer         text COLLATE "C" NOT NULL,
    agreement    text NOT NULL,
    purpose      text NOT NULL,
    person       text COLLATE "C" NOT NULL,
    body         text NOT NULL,
    digest       text NOT NULL,
    at           timestamptz NOT NULL,
    due_at       timestamptz NOT NULL,
    locked_until timestamptz,
    attempts     integer NOT NULL DEFAULT 0,
    held         boolean NOT NULL DEFAULT false,
    last_error   text,
    outcome      text CHECK (outcome IN ('taken', 'declined', 'recalled', 'noted', 'never-sent')),
    receipt      text,
    answered_at  timestamptz,
    PRIMARY KEY (region, message)
);
COMMENT ON COLUMN handover_out.seq IS 'The event that wrote it; place orders the messages of one event.';
CREATE INDEX handover_out_due ON handover_out (due_at) WHERE outcome IS NULL AND NOT held;
CREATE UNIQUE INDEX handover_out_case ON handover_out (region, case_id, seq, place);

-- What others have said to us: once each, with what we answered.
CREATE TABLE handover_in (
    region  text COLLATE "C" NOT NULL,
    message uuid NOT NULL,
    kind    text NOT NULL CHECK (kind IN ('paper', 'case', 'recall', 'progress', 'return')),
    peer    text COLLATE "C" NOT NULL,
    number  text COLLATE "C" NOT NULL,
    case_id text COLLATE "C" NOT NULL,
    person  text COLLATE "C" NOT NULL,
    digest  text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('taken', 'declined', 'recalled', 'noted')),
    receipt text NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (region, message)
);
CREATE INDEX handover_in_number ON handover_in (number);
