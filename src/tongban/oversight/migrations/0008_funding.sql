-- Reviews of funding as cases (政务数据共享条例 38): which project each is about. What was decided stands in the case;
-- `kept` is that case as everybody may read it, at event `seq`.
CREATE TABLE project_funding (
    region   text COLLATE "C" NOT NULL,
    project  text COLLATE "C" NOT NULL,
    case_id  text COLLATE "C" NOT NULL,
    asked_at timestamptz NOT NULL,
    seq      integer NOT NULL DEFAULT 0,
    kept     jsonb,
    PRIMARY KEY (region, project, case_id)
);
CREATE UNIQUE INDEX project_funding_case ON project_funding (case_id);
CREATE INDEX project_funding_latest ON project_funding (asked_at DESC, case_id DESC);
CREATE INDEX project_body ON project (body);
