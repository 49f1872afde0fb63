-- A question to a source that was put and not answered yet. Written before it is put; it ends with a value or by rule.
CREATE TABLE shared_retry (
    person     text NOT NULL,
    matter     text NOT NULL CHECK (matter <> ''),
    resource   text NOT NULL,
    record     text NOT NULL,
    id         uuid NOT NULL,
    wishes     jsonb NOT NULL,
    purpose    jsonb NOT NULL,
    reader     jsonb NOT NULL,
    opened_at  timestamptz NOT NULL,
    attempts   integer NOT NULL DEFAULT 0,
    next_at    timestamptz NOT NULL,
    last_error text NOT NULL DEFAULT '',
    submitted  boolean NOT NULL DEFAULT false,
    ended      text CHECK (ended IN ('answered', 'not-there', 'not-allowed', 'not-needed', 'case-ended', 'given-up')),
    ended_at   timestamptz,
    CHECK ((ended IS NULL) = (ended_at IS NULL)),
    PRIMARY KEY (person, matter, resource, record)
);
CREATE INDEX shared_retry_due ON shared_retry (next_at) WHERE ended IS NULL;
