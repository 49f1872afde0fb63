-- 告知承诺: a promise that was found to be false keeps its person from promising again, for a time (浙江 14). No words and
-- no name: a number for the person, a number for the case, dates.
CREATE TABLE broken_promise (
    person   text COLLATE "C" NOT NULL,
    case_id  text COLLATE "C" NOT NULL,
    region   text COLLATE "C" NOT NULL,
    service  text NOT NULL,
    since    timestamptz NOT NULL,
    until    date NOT NULL,
    ended_at timestamptz,
    ended_by text NOT NULL DEFAULT '',
    PRIMARY KEY (person, case_id)
);
