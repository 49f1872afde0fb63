-- How old an applicant was (one of five bands) and which language they read, for figures about who is served worse.
-- Sealed with the person's key; forgotten with it. Everything else that is counted lies in files without a person.
CREATE TABLE fact_band (
    region  text COLLATE "C" NOT NULL,
    case_id text COLLATE "C" NOT NULL,
    person  text COLLATE "C" NOT NULL,
    band    jsonb NOT NULL,
    PRIMARY KEY (region, case_id)
);
