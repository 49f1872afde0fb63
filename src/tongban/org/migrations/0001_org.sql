-- Regions, bodies, posts, powers: small, read whole into memory, changed by administrators. One entry, one row.
CREATE TABLE org_entry (
    kind  text NOT NULL CHECK (kind IN ('regions', 'bodies', 'posts', 'holdings', 'absences', 'powers',
                                        'delegations', 'windows', 'relations')),
    id    text COLLATE "C" NOT NULL,
    entry jsonb NOT NULL,
    PRIMARY KEY (kind, id)
);

-- Who has ever logged in. What registers of the state know of a person is not here.
CREATE TABLE person (
    id          text COLLATE "C" PRIMARY KEY,
    name        text NOT NULL,
    id_number   text NOT NULL DEFAULT '',
    phone       text NOT NULL DEFAULT '',
    birth_date  date,
    sex         text NOT NULL DEFAULT '' CHECK (sex IN ('male', 'female', '')),
    home_region text NOT NULL DEFAULT '',
    level       smallint NOT NULL DEFAULT 0 CHECK (level BETWEEN 0 AND 4),
    lang        text NOT NULL DEFAULT 'zh' CHECK (lang IN ('zh', 'en'))
);
CREATE UNIQUE INDEX person_number ON person (id_number) WHERE id_number <> '';

-- A person as an identity provider knows them.
CREATE TABLE person_identity (
    issuer  text NOT NULL,
    subject text NOT NULL,
    person  text COLLATE "C" NOT NULL REFERENCES person,
    PRIMARY KEY (issuer, subject)
);

-- Who lets whom act for them. Rows are never deleted; withdrawing one is a time.
CREATE TABLE mandate (
    id         text COLLATE "C" PRIMARY KEY,
    from_party text COLLATE "C" NOT NULL,
    from_name  text NOT NULL,
    to_person  text COLLATE "C" NOT NULL REFERENCES person,
    services   text[] NOT NULL,
    acts       text[] NOT NULL,
    since      timestamptz NOT NULL,
    until      timestamptz NOT NULL,
    revoked_at timestamptz,
    ground     text NOT NULL CHECK (ground IN ('consent', 'guardian', 'legal-representative', 'agency')),
    CHECK (since < until),
    CHECK (from_party <> to_person)
);
CREATE INDEX mandate_to ON mandate (to_person);
CREATE INDEX mandate_from ON mandate (from_party);

-- Sessions. The token is only in the person's browser; here is its hash.
CREATE TABLE session (
    token_hash bytea PRIMARY KEY,
    person     text COLLATE "C" NOT NULL REFERENCES person,
    post       text COLLATE "C" NOT NULL DEFAULT '',
    mandate    text COLLATE "C" REFERENCES mandate,
    level      smallint NOT NULL,
    method     text NOT NULL,
    csrf       bytea NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expiry ON session (expires_at);

-- A log-in that has left for the identity provider and not come back yet. Used once.
CREATE TABLE login_attempt (
    state_hash bytea PRIMARY KEY,
    browser    text NOT NULL,
    nonce      text NOT NULL,
    verifier   text NOT NULL,
    back_to    text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX login_attempt_expiry ON login_attempt (expires_at);
