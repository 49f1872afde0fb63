-- 一件事: a case may be a part of another; what its whole was asked for waits here, sealed, until the part is opened.
ALTER TABLE case_row ADD COLUMN part_of text NOT NULL DEFAULT '';
CREATE INDEX case_row_part_of ON case_row (part_of) WHERE part_of <> '';

CREATE TABLE prepared_part (
    region text NOT NULL,
    case_id text NOT NULL,  -- of the whole
    part text NOT NULL,
    owner text NOT NULL,
    content jsonb NOT NULL,
    PRIMARY KEY (region, case_id, part)
);

-- Another person who completes a part of their own: asked by a code, bound to an identity number.
CREATE TABLE invitation (
    region text NOT NULL,
    case_id text NOT NULL,  -- of the whole
    part text NOT NULL,
    owner text NOT NULL,
    service text NOT NULL,
    bundle text NOT NULL,
    role text NOT NULL,
    code bytea NOT NULL,  -- blind index of the code
    number bytea NOT NULL,  -- blind index of the identity number
    content jsonb NOT NULL,  -- name, number and code, sealed for who invites
    state text NOT NULL CHECK (state IN ('open', 'taken', 'done', 'withdrawn', 'declined', 'expired')),
    person text NOT NULL DEFAULT '',
    level int NOT NULL,
    made_at timestamptz NOT NULL,
    until timestamptz NOT NULL,
    reminded_at timestamptz,
    PRIMARY KEY (region, case_id, part)
);
CREATE UNIQUE INDEX invitation_code ON invitation (code);
CREATE INDEX invitation_number ON invitation (number) WHERE state IN ('open', 'taken');
CREATE INDEX invitation_until ON invitation (until) WHERE state IN ('open', 'taken');
