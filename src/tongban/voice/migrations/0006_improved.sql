-- A promised date that was moved: the first one, and each moving with its public reason. A new date hides none before it.
ALTER TABLE improvement ADD COLUMN first_promised date;
ALTER TABLE improvement ADD COLUMN moves jsonb NOT NULL DEFAULT '[]';
UPDATE improvement SET first_promised = promised_by;

-- How many people spoke of the part in each whole month, written once when the month is over and never changed: a figure
-- that moved with each complaint would show the one between two days.
CREATE TABLE improvement_month (
    region     text COLLATE "C" NOT NULL,
    case_id    text COLLATE "C" NOT NULL,
    month      date NOT NULL CHECK (extract(day FROM month) = 1),
    people     integer NOT NULL,
    counted_at timestamptz NOT NULL,
    PRIMARY KEY (region, case_id, month)
);
CREATE INDEX complaint_service ON complaint (service, at);
