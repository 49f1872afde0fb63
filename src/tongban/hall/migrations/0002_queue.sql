-- Queue numbers. No name is in a queue; who took theirs on the way is named by our number alone.
CREATE TABLE ticket (
    region    text COLLATE "C" NOT NULL,
    hall      text COLLATE "C" NOT NULL,
    day       date NOT NULL,
    number    integer NOT NULL,
    priority  text NOT NULL DEFAULT '' CHECK (priority IN ('', 'elderly', 'disabled', 'soldier', 'booked')),
    person    text COLLATE "C" NOT NULL DEFAULT '',
    token     text COLLATE "C" NOT NULL,
    taken_at  timestamptz NOT NULL,
    since     timestamptz NOT NULL,
    called_at timestamptz,
    calls     integer NOT NULL DEFAULT 0,
    counter   text COLLATE "C" NOT NULL DEFAULT '',
    official  text COLLATE "C" NOT NULL DEFAULT '',
    ended_at  timestamptz,
    outcome   text CHECK (outcome IN ('served', 'no-show')),
    PRIMARY KEY (region, hall, day, number)
);
COMMENT ON COLUMN ticket.counter IS 'The window that called it.';
COMMENT ON COLUMN ticket.since IS 'From when it waits: a booked time, or when it was taken.';
CREATE INDEX ticket_waiting ON ticket (region, hall, day, since) WHERE called_at IS NULL;
CREATE UNIQUE INDEX ticket_token ON ticket (token);

-- Booked times. Which of the places of a slot is taken makes booking one twice impossible.
CREATE TABLE appointment (
    person    text COLLATE "C" NOT NULL,
    id        uuid NOT NULL,
    region    text COLLATE "C" NOT NULL,
    hall      text COLLATE "C" NOT NULL,
    starts_at timestamptz NOT NULL,
    place     integer NOT NULL,
    booked_at timestamptz NOT NULL,
    booked_by text COLLATE "C" NOT NULL,
    state     text NOT NULL DEFAULT 'booked' CHECK (state IN ('booked', 'cancelled', 'came', 'no-show')),
    PRIMARY KEY (person, id)
);
CREATE UNIQUE INDEX appointment_place ON appointment (hall, starts_at, place) WHERE state <> 'cancelled';
CREATE UNIQUE INDEX appointment_one ON appointment (person, hall) WHERE state = 'booked';
