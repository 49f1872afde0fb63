-- 亮证: a certificate shown once, to somebody, for something, until a moment, in the fields that its holder picked. To
-- whom and for what is sealed with the holder's key; of the token only its digest is kept, so that what is stored shows
-- nothing to anybody. The rows are the holder's record of use.
CREATE TABLE certificate_showing (
    holder      text NOT NULL,
    id          text NOT NULL,
    token       bytea NOT NULL CHECK (octet_length(token) = 32),
    certificate text NOT NULL,
    asked       text NOT NULL,
    made_at     timestamptz NOT NULL,
    until       timestamptz NOT NULL,
    used_at     timestamptz,
    ended_at    timestamptz,
    PRIMARY KEY (holder, id),
    CHECK (until > made_at AND until <= made_at + interval '1 day')
);
CREATE UNIQUE INDEX certificate_showing_token ON certificate_showing (token);
CREATE INDEX certificate_showing_of ON certificate_showing (holder, certificate, made_at DESC);
