-- 12345. The case is the truth; this is what lists, counts and likenesses read of it, and can be made anew at any time.
CREATE TABLE hotline_row (
    region      text COLLATE "C" NOT NULL,
    case_id     text COLLATE "C" NOT NULL,
    seq         integer NOT NULL,
    applicant   text COLLATE "C" NOT NULL,
    caller      bytea,
    at          timestamptz NOT NULL,
    channel     text NOT NULL,
    kind        text NOT NULL,
    urgency     text NOT NULL,
    about       text NOT NULL DEFAULT '',
    said        text NOT NULL,
    body        text COLLATE "C" NOT NULL,
    state       text NOT NULL,
    open        boolean NOT NULL,
    dispatched_at   timestamptz,
    contacted_at    timestamptz,
    in_time         boolean,
    answered_at     timestamptz,
    asked_at        timestamptz,
    solved          smallint,
    satisfied       smallint,
    PRIMARY KEY (region, case_id)
);
COMMENT ON COLUMN hotline_row.caller IS 'A keyed hash of the telephone that was left, so that one person''s requests can be found, for a purpose that is written down.';
COMMENT ON COLUMN hotline_row.asked_at IS 'When the person was asked whether it is solved.';
CREATE INDEX hotline_row_body ON hotline_row (body, at DESC);
CREATE INDEX hotline_row_caller ON hotline_row (region, caller, at DESC) WHERE caller IS NOT NULL;
CREATE INDEX hotline_row_at ON hotline_row (region, at DESC, case_id);
CREATE INDEX case_row_hotline ON case_row (region, case_id, seq) WHERE service = 'hotline-request';

-- What people found to be about the same thing, or not. Rows are only ever added; the newest counts.
CREATE TABLE hotline_pair (
    region text COLLATE "C" NOT NULL,
    one    text COLLATE "C" NOT NULL,
    other  text COLLATE "C" NOT NULL,
    at     timestamptz NOT NULL,
    kind   text NOT NULL CHECK (kind IN ('together', 'apart')),
    by_id  text COLLATE "C" NOT NULL,
    PRIMARY KEY (region, one, other, at),
    CHECK (one < other)
);
CREATE INDEX hotline_pair_other ON hotline_pair (region, other);
