-- Figures of closed days, so that a public page never counts a year of calls. Made anew from the log at any time.
-- `outcome` is `suggested`, an abstention's code, or what people did: `accepted`, `declined`.
CREATE TABLE assist_day (
    region     text COLLATE "C" NOT NULL,
    use        text COLLATE "C" NOT NULL,
    day        date NOT NULL,
    outcome    text COLLATE "C" NOT NULL,
    calls      bigint NOT NULL,
    cost_micro bigint NOT NULL,
    PRIMARY KEY (region, use, day, outcome)
);
CREATE INDEX assist_day_use ON assist_day (use, day);
SELECT assist_grant('assist_day', 'SELECT, INSERT, UPDATE');
