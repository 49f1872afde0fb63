-- What the console and the performance page read: small counts that a background job keeps, of nobody.
-- A case that ended: whether its promise and the law's date were kept, and its steps as the abuse indices read them.
CREATE TABLE watched_case (
    region   text COLLATE "C" NOT NULL,
    case_id  text COLLATE "C" NOT NULL,
    body     text COLLATE "C" NOT NULL,
    service  text COLLATE "C" NOT NULL,
    ended_at timestamptz NOT NULL,
    promised boolean,
    legal    boolean,
    steps    jsonb NOT NULL,
    PRIMARY KEY (region, case_id)
);
CREATE INDEX watched_case_ended ON watched_case (body, ended_at DESC, case_id DESC);
CREATE INDEX watched_case_late ON watched_case (body, ended_at DESC, case_id DESC) WHERE promised = false;
COMMENT ON COLUMN watched_case.promised IS 'Null where the body owed no answer by a date.';

CREATE TABLE watched_day (
    region   text COLLATE "C" NOT NULL,
    body     text COLLATE "C" NOT NULL,
    service  text COLLATE "C" NOT NULL,
    day      date NOT NULL,
    ended    integer NOT NULL,
    owed     integer NOT NULL,
    promised integer NOT NULL,
    legal    integer NOT NULL,
    PRIMARY KEY (region, body, service, day)
);
CREATE INDEX watched_day_body ON watched_day (body, day);

CREATE TABLE watched_hour (
    body    text COLLATE "C" NOT NULL,
    hour    timestamptz NOT NULL,
    opened  integer NOT NULL,
    PRIMARY KEY (body, hour)
);

-- How open cases stand, made anew at every turn.
CREATE TABLE watched_now (
    body    text COLLATE "C" NOT NULL,
    service text COLLATE "C" NOT NULL,
    open    integer NOT NULL,
    amber   integer NOT NULL,
    red     integer NOT NULL,
    first   timestamptz,
    PRIMARY KEY (body, service)
);
COMMENT ON COLUMN watched_now.first IS 'The earliest date that has passed.';

-- Other figures of a day, by body: look-ups, waits in halls.
CREATE TABLE watched_figure (
    body  text COLLATE "C" NOT NULL,
    day   date NOT NULL,
    name  text NOT NULL,
    value bigint NOT NULL,
    PRIMARY KEY (body, day, name)
);

CREATE TABLE watched_turn (
    job text PRIMARY KEY,
    at  timestamptz NOT NULL
);

-- What the abuse indices found. `id` is what a supervision order names.
CREATE TABLE clock_finding (
    region   text COLLATE "C" NOT NULL,
    body     text COLLATE "C" NOT NULL,
    id       uuid NOT NULL,
    index    text NOT NULL,
    service  text COLLATE "C" NOT NULL,
    hits     integer NOT NULL,
    cases    integer NOT NULL,
    expected float8 NOT NULL,
    chance   float8 NOT NULL,
    peers    integer NOT NULL,
    behind   text[] NOT NULL,
    since    date NOT NULL,
    until    date NOT NULL,
    PRIMARY KEY (region, body, id)
);
CREATE UNIQUE INDEX clock_finding_one ON clock_finding (body, index, service, until);

-- What a body answered in public to a supervision order, once the supervising body had verified it.
CREATE TABLE public_answer (
    region   text COLLATE "C" NOT NULL,
    case_id  text COLLATE "C" NOT NULL,
    body     text COLLATE "C" NOT NULL,
    index    text NOT NULL,
    service  text COLLATE "C" NOT NULL,
    finding  text NOT NULL,
    outcome  text NOT NULL,
    answer   text NOT NULL,
    opened   date NOT NULL,
    ended    date NOT NULL,
    PRIMARY KEY (region, case_id)
);
CREATE INDEX public_answer_latest ON public_answer (ended DESC, case_id DESC);
