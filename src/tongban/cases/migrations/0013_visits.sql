-- 联合核查: which cases wait for somebody to come to an address, and the visits that several of them share. The address
-- itself stands in no column: `place` is a keyed hash (`visit_place.place` of the blind index), so that two cases can
-- be found to lie at one address and nobody learns which. No name, no word of anybody.
CREATE TABLE visit_place (
    region    text COLLATE "C" NOT NULL,
    case_id   text COLLATE "C" NOT NULL,
    place     bytea NOT NULL,
    body      text COLLATE "C" NOT NULL,
    service   text NOT NULL,
    due       date,
    fixed_day date,
    PRIMARY KEY (region, case_id)
);
CREATE INDEX visit_place_at ON visit_place (region, place);
CREATE INDEX visit_place_body ON visit_place (body);

CREATE TABLE visit (
    region        text COLLATE "C" NOT NULL,
    visit         text COLLATE "C" NOT NULL,
    place         bytea NOT NULL,
    state         text NOT NULL CHECK (state IN ('proposed', 'set', 'off', 'registered')),
    day           date NOT NULL,
    hour          text NOT NULL,
    body          text COLLATE "C" NOT NULL,
    proposed_by   text COLLATE "C" NOT NULL,
    proposed_at   timestamptz NOT NULL,
    registered_by text COLLATE "C" NOT NULL DEFAULT '',
    registered_at timestamptz,
    PRIMARY KEY (region, visit)
);
-- One visit to an address at a time: two officials who propose in the same moment do not call two.
CREATE UNIQUE INDEX visit_open ON visit (region, place) WHERE state IN ('proposed', 'set');

CREATE TABLE visit_case (
    region    text COLLATE "C" NOT NULL,
    visit     text COLLATE "C" NOT NULL,
    case_id   text COLLATE "C" NOT NULL,
    body      text COLLATE "C" NOT NULL,
    service   text NOT NULL,
    agreed_by text COLLATE "C" NOT NULL DEFAULT '',
    agreed_at timestamptz,
    PRIMARY KEY (region, visit, case_id)
);
CREATE INDEX visit_case_body ON visit_case (body, region, visit);
CREATE INDEX visit_case_case ON visit_case (region, case_id);
