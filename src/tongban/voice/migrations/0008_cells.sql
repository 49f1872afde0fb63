-- The cell of a request no longer stands in clear beside its number: it is within 500 m of somebody's door, and would
-- outlast the erasure of their key. Counts by cell are made from the sealed points every ten minutes instead, so that
-- nothing of a person is left in them ten minutes after their key is gone. The row with an empty region says when.
CREATE TABLE hotline_cell (
    region text COLLATE "C" NOT NULL,
    body   text COLLATE "C" NOT NULL,
    cell   text COLLATE "C" NOT NULL,
    n      integer NOT NULL,
    at     timestamptz NOT NULL,
    PRIMARY KEY (region, body, cell)
);
UPDATE hotline_place SET cell = '' WHERE cell <> '';
ALTER TABLE hotline_place DROP COLUMN cell;
CREATE INDEX hotline_place_point ON hotline_place (region, case_id) WHERE point <> '';
