-- What a policy found for a person, and what the person said to it. One row a person and policy: a declined offer is
-- remembered, so that nobody is asked again and again. The region leads the key, as with everything of people's matters.
CREATE TABLE offer (
    region          text COLLATE "C" NOT NULL,
    person          text NOT NULL,
    policy          text NOT NULL,
    policy_version  text NOT NULL,
    service         text NOT NULL,
    service_version text NOT NULL,
    as_of           date NOT NULL,
    standing        text NOT NULL CHECK (standing IN ('entitled', 'missing')),
    fact            text,
    outputs         jsonb NOT NULL,
    state           text NOT NULL CHECK (state IN ('open', 'confirmed', 'declined', 'withdrawn')),
    offered_at      timestamptz NOT NULL,
    answered_at     timestamptz,
    case_id         text,
    PRIMARY KEY (region, person, policy)
);
CREATE INDEX offer_of_person ON offer (person, policy);
