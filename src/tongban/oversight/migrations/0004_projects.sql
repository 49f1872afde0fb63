-- The register of digital projects: what bodies plan and run, and how funding was reviewed (政务数据共享条例 38).
CREATE TABLE project (
    region     text COLLATE "C" NOT NULL,
    id         text COLLATE "C" NOT NULL,
    name       text NOT NULL,
    body       text COLLATE "C" NOT NULL DEFAULT '',
    body_name  text NOT NULL DEFAULT '',
    status     text NOT NULL CHECK (status IN ('planned', 'existing')),
    function   text NOT NULL,
    data       text[] NOT NULL,
    services   text[] NOT NULL,
    entered_by text COLLATE "C" NOT NULL,
    entered_at timestamptz NOT NULL,
    PRIMARY KEY (region, id)
);

-- Each review as it was given, with the figures that lay before the reviewer. Never changed, only followed by another.
CREATE TABLE project_review (
    region    text COLLATE "C" NOT NULL,
    project   text COLLATE "C" NOT NULL,
    seq       integer NOT NULL,
    outcome   text NOT NULL CHECK (outcome IN ('support', 'return')),
    reasons   text NOT NULL,
    figures   jsonb NOT NULL,
    official  text COLLATE "C" NOT NULL,
    post      text COLLATE "C" NOT NULL,
    at        timestamptz NOT NULL,
    PRIMARY KEY (region, project, seq)
);
