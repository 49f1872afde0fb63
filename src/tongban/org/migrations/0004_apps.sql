-- Programs that people let act for them (OAuth 2.1). Tokens are only with the program; here are their hashes.
CREATE TABLE app_grant (
    id         uuid PRIMARY KEY,
    person     text COLLATE "C" NOT NULL REFERENCES person,
    client     text COLLATE "C" NOT NULL,
    scopes     text[] NOT NULL,
    level      smallint NOT NULL,
    since      timestamptz NOT NULL,
    until      timestamptz NOT NULL,
    used_at    timestamptz,
    ended_at   timestamptz,
    ended_by   text CHECK (ended_by IN ('person', 'app', 'reuse', 'renewed')),
    CHECK (since < until)
);
CREATE INDEX app_grant_person ON app_grant (person, since DESC);

-- One row for each code, refresh token, access token and ticket: what it is for, and whether it was used.
CREATE TABLE app_token (
    token_hash bytea PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('code', 'access', 'refresh', 'ticket')),
    grant_id   uuid NOT NULL REFERENCES app_grant ON DELETE CASCADE,
    bound      text NOT NULL DEFAULT '',
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX app_token_grant ON app_token (grant_id);
CREATE INDEX app_token_expiry ON app_token (expires_at);
COMMENT ON COLUMN app_token.bound IS 'What it is bound to: a code to its challenge and redirect address, a ticket to its page.';
