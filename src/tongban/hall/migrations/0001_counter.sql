-- How somebody at a counter was identified, and for what. The reason is what a clerk wrote, sealed.
CREATE TABLE identity_check (
    region   text COLLATE "C" NOT NULL,
    person   text COLLATE "C" NOT NULL,
    id       uuid NOT NULL,
    official text COLLATE "C" NOT NULL,
    post     text COLLATE "C" NOT NULL,
    service  text COLLATE "C" NOT NULL,
    how      text NOT NULL CHECK (how IN ('card', 'network', 'seen', 'code', 'manual')),
    reason   text NOT NULL DEFAULT '',
    at       timestamptz NOT NULL,
    case_id  text COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (region, person, id)
);

-- What was captured while the line was away: once each, whatever happened to the device. Its content is not here;
-- the digest is keyed.
CREATE TABLE offline_capture (
    region      text COLLATE "C" NOT NULL,
    key         text COLLATE "C" NOT NULL,
    official    text COLLATE "C" NOT NULL,
    post        text COLLATE "C" NOT NULL,
    service     text COLLATE "C" NOT NULL,
    digest      bytea NOT NULL,
    received_at timestamptz NOT NULL,
    counted     boolean NOT NULL,
    at          timestamptz NOT NULL,
    case_id     text COLLATE "C" NOT NULL,
    PRIMARY KEY (region, key)
);
COMMENT ON COLUMN offline_capture.counted IS 'Whether the time of receipt counts in law; if not, the time of arrival does.';
CREATE INDEX identity_check_official ON identity_check (region, official, at);
