-- Which part of which service a request or a bad rating is about: suggested, then as a person confirmed it. No words, and
-- nobody: who it was stands where the request and the rating stand. `improvement` is the case that was opened of it.
CREATE TABLE complaint (
    region       text COLLATE "C" NOT NULL,
    source       text NOT NULL CHECK (source IN ('request', 'rating')),
    id           text COLLATE "C" NOT NULL,
    at           timestamptz NOT NULL,
    service      text COLLATE "C" NOT NULL,
    suggested    text COLLATE "C" NOT NULL,
    cause        text COLLATE "C" NOT NULL DEFAULT '',
    confirmed_at timestamptz,
    confirmed_by text COLLATE "C" NOT NULL DEFAULT '',
    improvement  text COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (region, source, id)
);
CREATE INDEX complaint_at ON complaint (source, at DESC);
CREATE INDEX complaint_waiting ON complaint (region, at) WHERE improvement = '';
CREATE INDEX hotline_row_about ON hotline_row (at) WHERE about <> '';
CREATE INDEX rating_bad ON rating (at) WHERE level <= 2 AND service <> '';

-- The cases, as everybody may read them; can be made anew from them at any time.
CREATE TABLE improvement (
    region      text COLLATE "C" NOT NULL,
    case_id     text COLLATE "C" NOT NULL,
    seq         integer NOT NULL,
    service     text COLLATE "C" NOT NULL,
    version     text COLLATE "C" NOT NULL,
    cause       text COLLATE "C" NOT NULL,
    body        text COLLATE "C" NOT NULL,
    said_by     integer NOT NULL,
    opened_on   date NOT NULL,
    answer_by   date,
    promised_by date,
    linked      text COLLATE "C" NOT NULL DEFAULT '',
    state       text NOT NULL,
    open        boolean NOT NULL,
    ended_on    date,
    PRIMARY KEY (region, case_id)
);
CREATE INDEX improvement_shown ON improvement (opened_on DESC, case_id DESC);
CREATE INDEX case_row_improvement ON case_row (region, case_id, seq) WHERE service = 'service-improvement';
