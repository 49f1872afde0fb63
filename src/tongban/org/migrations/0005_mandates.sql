-- Mandates that are asked for and agreed to, that end with another, and why one ended; who can be represented no longer.
ALTER TABLE mandate
    ADD COLUMN asked_by     text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN confirmed_at timestamptz,
    ADD COLUMN how          text NOT NULL DEFAULT ''
        CHECK (how IN ('', 'login', 'code', 'register', 'counter', 'appointment')),
    ADD COLUMN under        text COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN ended_why    text NOT NULL DEFAULT '';
CREATE INDEX mandate_under ON mandate (under) WHERE under <> '';
ALTER TABLE person ADD COLUMN standing text NOT NULL DEFAULT '' CHECK (standing IN ('', 'died', 'blocked'));

-- One-time codes by which somebody agrees who is not logged in. Only a keyed hash is here, for some minutes.
CREATE TABLE agreement_code (
    person     text COLLATE "C" NOT NULL,
    about      text NOT NULL,
    hash       bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    tries      smallint NOT NULL DEFAULT 0,
    PRIMARY KEY (person, about)
);
