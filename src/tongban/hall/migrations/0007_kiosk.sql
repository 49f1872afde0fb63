-- One-time codes by which a person goes on at a kiosk with a draft of theirs. Only a keyed hash is here, for ten minutes.
CREATE TABLE kiosk_code (
    person     text COLLATE "C" NOT NULL,
    service    text COLLATE "C" NOT NULL,
    hash       bytea NOT NULL,
    level      smallint NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (person, service)
);
CREATE UNIQUE INDEX kiosk_code_hash ON kiosk_code (hash);
COMMENT ON COLUMN kiosk_code.level IS 'The real-name level of the log-in that asked for the code: at the kiosk it is no higher.';
