-- Cases: events are the truth, everything else here can be rebuilt from them (drafts, documents and keys apart).
-- The region leads every primary key, so that the tables can be distributed by it. No status column is truth.

CREATE TABLE case_event (
    region  text COLLATE "C" NOT NULL,
    case_id text COLLATE "C" NOT NULL,
    seq     integer NOT NULL CHECK (seq > 0),
    at      timestamptz NOT NULL,
    type    text NOT NULL,
    event   jsonb NOT NULL,
    PRIMARY KEY (region, case_id, seq)
);
COMMENT ON TABLE case_event IS 'What happened. Rows are only ever added.';

-- The row that lists read. `due_at` is 9999-01-01 while no date is known, so that one index orders all.
CREATE TABLE case_row (
    region         text COLLATE "C" NOT NULL,
    case_id        text COLLATE "C" NOT NULL,
    seq            integer NOT NULL,
    version        integer NOT NULL,
    service        text NOT NULL,
    service_version text NOT NULL,
    state          text NOT NULL,
    state_name     jsonb NOT NULL,
    stage          text NOT NULL,
    waits_for      text NOT NULL,
    open           boolean NOT NULL,
    body           text COLLATE "C" NOT NULL,
    applicant      text COLLATE "C" NOT NULL,
    applicant_name text NOT NULL,
    due_at         timestamptz NOT NULL,
    legal_at       timestamptz,
    opened_at      timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    labels         text[] NOT NULL,
    PRIMARY KEY (region, case_id)
);
CREATE INDEX case_row_queue ON case_row (body, due_at, case_id) WHERE open;
CREATE INDEX case_row_number ON case_row (body, case_id);
CREATE INDEX case_row_mine ON case_row (applicant, opened_at DESC, case_id DESC);

-- Work beside the next act: a superior who must see to an overdue case, a letter that reached nobody.
CREATE TABLE task (
    region  text COLLATE "C" NOT NULL,
    case_id text COLLATE "C" NOT NULL,
    seq     integer NOT NULL,
    kind    text NOT NULL CHECK (kind IN ('escalated', 'undelivered')),
    body    text COLLATE "C" NOT NULL,
    role    text NOT NULL,
    person  text NOT NULL,
    at      timestamptz NOT NULL,
    open    boolean NOT NULL,
    PRIMARY KEY (region, case_id, seq)
);
CREATE INDEX task_queue ON task (body, role, at, case_id) WHERE open;

-- One alarm a case: the next moment at which the law has something to do.
CREATE TABLE timer (
    region     text COLLATE "C" NOT NULL,
    case_id    text COLLATE "C" NOT NULL,
    due_at     timestamptz NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    last_error text,
    dead       boolean NOT NULL DEFAULT false,
    PRIMARY KEY (region, case_id)
);
CREATE INDEX timer_due ON timer (region, due_at) WHERE NOT dead;

-- A person's inbox. The letter itself is part of the event; `read_at` is the one thing only known here.
CREATE TABLE notice (
    region  text COLLATE "C" NOT NULL,
    case_id text COLLATE "C" NOT NULL,
    seq     integer NOT NULL,
    person  text COLLATE "C" NOT NULL,
    at      timestamptz NOT NULL,
    title   jsonb NOT NULL,
    body    jsonb NOT NULL,
    read_at timestamptz,
    PRIMARY KEY (region, case_id, seq)
);
CREATE INDEX notice_inbox ON notice (person, at DESC, case_id DESC, seq DESC);

-- Effects on the world outside, done after the commit and reported back as events.
CREATE TABLE outbox (
    region       text COLLATE "C" NOT NULL,
    case_id      text COLLATE "C" NOT NULL,
    seq          integer NOT NULL,
    due_at       timestamptz NOT NULL,
    attempts     integer NOT NULL DEFAULT 0,
    locked_until timestamptz,
    last_error   text,
    PRIMARY KEY (region, case_id, seq)
);
CREATE INDEX outbox_due ON outbox (due_at);

-- A repeat of a command answers the same: which event each key led to, and what was asked.
CREATE TABLE command_key (
    region  text COLLATE "C" NOT NULL,
    actor   text COLLATE "C" NOT NULL,
    key     text COLLATE "C" NOT NULL,
    digest  text NOT NULL,
    case_id text COLLATE "C" NOT NULL,
    seq     integer NOT NULL,
    PRIMARY KEY (region, actor, key)
);

-- Uploads. The bytes are files named by their digest; a row says whose they are.
CREATE TABLE document (
    region text COLLATE "C" NOT NULL,
    id     text COLLATE "C" NOT NULL,
    owner  text COLLATE "C" NOT NULL,
    sha256 text NOT NULL,
    name   text NOT NULL,
    type   text NOT NULL,
    size   bigint NOT NULL,
    at     timestamptz NOT NULL,
    PRIMARY KEY (region, id)
);

-- One open draft for a person and a service; nothing in it is checked until it is sent.
CREATE TABLE draft (
    region     text COLLATE "C" NOT NULL,
    person     text COLLATE "C" NOT NULL,
    service    text COLLATE "C" NOT NULL,
    content    jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (region, person, service)
);
CREATE INDEX draft_mine ON draft (person, updated_at DESC);
