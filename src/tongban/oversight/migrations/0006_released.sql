-- Which months of open data were released: noise is drawn once for a month, whatever becomes of the folder.
CREATE TABLE open_data_month (
    month    text COLLATE "C" PRIMARY KEY,
    manifest text NOT NULL,
    at       timestamptz NOT NULL
);
COMMENT ON COLUMN open_data_month.manifest IS 'SHA-256 of release.json, hexadecimal.';
