-- Short messages that wait for the morning: one a person, however many letters came in the night.
CREATE TABLE text_waiting (
    person text COLLATE "C" NOT NULL PRIMARY KEY,
    once   text NOT NULL,
    due_at timestamptz NOT NULL
);
CREATE INDEX text_waiting_due ON text_waiting (due_at);
