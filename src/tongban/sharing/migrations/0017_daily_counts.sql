-- How many people's data each post opened on each day that is over: counted once, so that supervision need not count nine
-- weeks of openings whenever somebody looks. It names nobody. A day without openings has its line in access_counted only.
CREATE TABLE access_day (
    body    text COLLATE "C" NOT NULL,
    day     date NOT NULL,
    post    text COLLATE "C" NOT NULL,
    persons integer NOT NULL CHECK (persons > 0),
    PRIMARY KEY (body, day, post)
);
CREATE TABLE access_counted (
    day date PRIMARY KEY
);
COMMENT ON TABLE access_counted IS 'the days that access_day holds, in the time of the installation';
