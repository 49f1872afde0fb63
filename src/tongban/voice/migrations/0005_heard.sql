-- Where a person sent a request and what it was taken to be about: what routing may learn from. Rows are only ever added.
CREATE TABLE hotline_sent (
    region   text COLLATE "C" NOT NULL,
    case_id  text COLLATE "C" NOT NULL,
    seq      integer NOT NULL,
    at       timestamptz NOT NULL,
    category text COLLATE "C" NOT NULL,
    body     text COLLATE "C" NOT NULL,
    by_id    text COLLATE "C" NOT NULL,
    followed boolean NOT NULL,
    PRIMARY KEY (region, case_id, seq)
);
COMMENT ON COLUMN hotline_sent.followed IS 'Whether a machine had put this category first: nothing is learned from its own answer alone.';
ALTER TABLE hotline_row ADD COLUMN objected boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN hotline_row.objected IS 'Whether a body objected to where it was sent, and somebody decided.';

-- Where it is: always a street or community (or the county), and a point where somebody gave one.
CREATE TABLE hotline_place (
    region  text COLLATE "C" NOT NULL,
    case_id text COLLATE "C" NOT NULL,
    area    text COLLATE "C" NOT NULL CHECK (area ~ '^[0-9]{6}([0-9]{3}){0,2}$'),
    source  text NOT NULL CHECK (source IN ('caller', 'clerk', 'words')),
    point   text NOT NULL DEFAULT '',
    cell    text NOT NULL DEFAULT '',
    at      timestamptz NOT NULL,
    PRIMARY KEY (region, case_id)
);
COMMENT ON COLUMN hotline_place.point IS 'Longitude and latitude as given, sealed with the key of whoever asked.';
COMMENT ON COLUMN hotline_place.cell IS 'The same rounded to about 500 m, for the map at the desk.';
CREATE INDEX hotline_place_area ON hotline_place (region, area);

-- 三率 of the last 90 days by region and body, counted by a job: no page counts requests.
CREATE TABLE hotline_rate (
    region    text COLLATE "C" NOT NULL,
    body      text COLLATE "C" NOT NULL,
    at        timestamptz NOT NULL,
    requests  integer NOT NULL,
    open      integer NOT NULL,
    sent      integer NOT NULL,
    contacted integer NOT NULL,
    reached   integer NOT NULL,
    solved    integer NOT NULL,
    satisfied integer NOT NULL,
    PRIMARY KEY (region, body)
);

-- What moved is found by its time, and not by comparing every request with every case.
DROP INDEX case_row_hotline;
CREATE INDEX case_row_hotline ON case_row (updated_at, case_id) WHERE service = 'hotline-request';
DROP INDEX case_row_improvement;
CREATE INDEX case_row_improvement ON case_row (updated_at, case_id) WHERE service = 'service-improvement';
