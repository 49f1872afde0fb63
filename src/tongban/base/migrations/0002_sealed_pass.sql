-- Which kinds of rows of the time before there were keys have all been sealed. A row here spares every later start the look.
CREATE TABLE sealed_pass (
    name    text PRIMARY KEY,
    done_at timestamptz NOT NULL DEFAULT now()
);
