-- Requests counted per identity and minute. Unlogged: after a crash the counts start again, which harms nobody.
CREATE UNLOGGED TABLE web_rate (
    who bytea NOT NULL,
    what text NOT NULL,
    minute bigint NOT NULL,
    used integer NOT NULL,
    PRIMARY KEY (who, what)
);

-- Secrets that every process of an installation must share (the key of the CSRF tokens).
CREATE TABLE web_secret (
    name text PRIMARY KEY,
    value bytea NOT NULL
);
