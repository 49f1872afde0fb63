-- The calendar that the dates in the rows were worked out with: one row. Another calendar at start moves the dates.
CREATE TABLE case_calendar (
    single  boolean PRIMARY KEY DEFAULT true CHECK (single),
    version text NOT NULL
);
