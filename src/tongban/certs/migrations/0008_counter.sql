-- A counter asks for a certificate (OpenID4VP). The request is the body's and names nobody; what came back lies sealed
-- with its holder's key for half an hour and is then taken away: a counter looks, it does not collect.
CREATE TABLE certificate_request (
    region      text NOT NULL CHECK (region ~ '^[0-9]{6}$'),
    id          text NOT NULL CHECK (length(id) >= 22),
    body        text NOT NULL,
    clerk       text NOT NULL,
    post        text NOT NULL,
    type        text NOT NULL,
    fields      text[] NOT NULL CHECK (cardinality(fields) > 0),
    service     text NOT NULL,
    client_id   text NOT NULL,
    nonce       text NOT NULL,
    state       text NOT NULL,
    made_at     timestamptz NOT NULL,
    until       timestamptz NOT NULL,
    tries       integer NOT NULL DEFAULT 0,
    refused     text,
    declined_at timestamptz,
    ended_at    timestamptz,
    answered_at timestamptz,
    back        bytea CHECK (octet_length(back) = 32),
    holder      text,
    answer      text,
    PRIMARY KEY (region, id),
    CHECK (until > made_at AND until <= made_at + interval '1 hour'),
    CHECK (answered_at IS NULL OR (declined_at IS NULL AND back IS NOT NULL)),
    CHECK (answer IS NULL OR (holder IS NOT NULL AND answered_at IS NOT NULL))
);
CREATE UNIQUE INDEX certificate_request_id ON certificate_request (id);
CREATE INDEX certificate_request_clerk ON certificate_request (clerk, made_at DESC);
CREATE INDEX certificate_request_back ON certificate_request (back) WHERE back IS NOT NULL;
CREATE INDEX certificate_request_answer ON certificate_request (answered_at) WHERE answer IS NOT NULL;
