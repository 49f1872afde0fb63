-- 统一出件: at which hall the results of a case are fetched, and when, by whom and how known they were handed over. Whoever
-- fetched for somebody else is named sealed, with the key of the person whose result it is.
CREATE TABLE result (
    person      text COLLATE "C" NOT NULL,
    case_id     text COLLATE "C" NOT NULL,
    region      text COLLATE "C" NOT NULL,
    hall        text COLLATE "C" NOT NULL,
    case_region text COLLATE "C" NOT NULL,
    service     text COLLATE "C" NOT NULL,
    chosen_at   timestamptz NOT NULL,
    chosen_by   text COLLATE "C" NOT NULL,
    tries       integer NOT NULL DEFAULT 0,
    handed_at   timestamptz,
    official    text COLLATE "C" NOT NULL DEFAULT '',
    post        text COLLATE "C" NOT NULL DEFAULT '',
    ground      text NOT NULL DEFAULT '' CHECK (ground IN ('', 'self', 'code', 'mandate')),
    how         text NOT NULL DEFAULT '' CHECK (how IN ('', 'card', 'network', 'seen', 'code', 'manual')),
    mandate     text COLLATE "C" NOT NULL DEFAULT '',
    receiver    text NOT NULL DEFAULT '',
    reason      text NOT NULL DEFAULT '',
    PRIMARY KEY (person, case_id)
);
COMMENT ON COLUMN result.tries IS 'Pick-up codes tried so far.';
CREATE INDEX result_hall ON result (region, hall, chosen_at) WHERE handed_at IS NULL;
