-- Proposals and questions. The words are public; who made one and who signed is under a key of that proposal alone,
-- which is erased when the signing ends.
CREATE TABLE proposal (
    region     text COLLATE "C" NOT NULL,
    id         text COLLATE "C" NOT NULL,
    body       text COLLATE "C" NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('proposal', 'question')),
    title      text NOT NULL,
    what       text NOT NULL,
    why        text NOT NULL,
    from_age   smallint NOT NULL,
    needs      integer NOT NULL CHECK (needs > 0),
    opened_on  date NOT NULL,
    closes_on  date NOT NULL,
    signatures integer NOT NULL DEFAULT 0 CHECK (signatures >= 0),
    history    jsonb NOT NULL DEFAULT '[]',
    closed_on  date,
    ended      text NOT NULL DEFAULT '' CHECK (ended IN ('', 'reached', 'short')),
    "case"     text COLLATE "C" NOT NULL DEFAULT '',
    answer     jsonb,
    author     bytea NOT NULL DEFAULT '',
    kept       integer NOT NULL DEFAULT 0,
    PRIMARY KEY (region, id),
    CHECK ((closed_on IS NULL) = (ended = ''))
);
CREATE UNIQUE INDEX proposal_id ON proposal (id);
CREATE INDEX proposal_open ON proposal (closes_on, id) WHERE ended = '';
CREATE INDEX proposal_latest ON proposal (opened_on DESC, id DESC);
COMMENT ON COLUMN proposal.author IS 'A keyed name that holds for this proposal only, emptied when the signing ends.';
COMMENT ON COLUMN proposal.history IS 'What people decided about it and what its author said to that. Only added to.';
COMMENT ON COLUMN proposal.kept IS 'The event of the case up to which the answer was read.';

-- The primary key is one person, one signature. Nothing says when. Gone when the signing ends; the number stays.
CREATE TABLE proposal_signature (
    region   text COLLATE "C" NOT NULL,
    proposal text COLLATE "C" NOT NULL,
    signer   bytea NOT NULL,
    PRIMARY KEY (region, proposal, signer)
);
