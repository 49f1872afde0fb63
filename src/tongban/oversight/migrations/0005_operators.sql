-- The register of enterprise operators: who keeps which systems running under which contract, when they were let in,
-- and how they left (政务数据共享条例 36, 数据安全法 40). A contract that is renewed is another contract.
CREATE TABLE operator_contract (
    region     text COLLATE "C" NOT NULL,
    id         text COLLATE "C" NOT NULL,
    number     text NOT NULL,
    operator   text NOT NULL,
    uscc       text COLLATE "C" NOT NULL,
    duties     text NOT NULL,
    body       text COLLATE "C" NOT NULL,
    systems    text[] NOT NULL CHECK (cardinality(systems) > 0),
    since      date NOT NULL,
    until      date NOT NULL CHECK (until >= since),
    entered_by text COLLATE "C" NOT NULL,
    entered_at timestamptz NOT NULL,
    PRIMARY KEY (region, id),
    UNIQUE (region, number)
);
CREATE UNIQUE INDEX operator_contract_id ON operator_contract (id);
CREATE INDEX operator_contract_body ON operator_contract (body);

-- A window in which the operator's people may use the database role of operators. The clock ends it; `ended_at` is there
-- only where somebody ended it before.
CREATE TABLE operator_window (
    region    text COLLATE "C" NOT NULL,
    contract  text COLLATE "C" NOT NULL,
    seq       integer NOT NULL,
    purpose   text NOT NULL,
    since     timestamptz NOT NULL,
    until     timestamptz NOT NULL CHECK (until > since),
    opened_by text COLLATE "C" NOT NULL,
    post      text COLLATE "C" NOT NULL,
    ended_at  timestamptz,
    PRIMARY KEY (region, contract, seq)
);

CREATE TABLE operator_exit (
    region    text COLLATE "C" NOT NULL,
    contract  text COLLATE "C" NOT NULL,
    reasons   text NOT NULL,
    opened_by text COLLATE "C" NOT NULL,
    opened_at timestamptz NOT NULL,
    PRIMARY KEY (region, contract)
);

-- What became of all that the operator held, as it was checked and signed. Final, and in the public log. Nothing in it
-- is personal: the checker is a post.
CREATE TABLE operator_erasure (
    region     text COLLATE "C" NOT NULL,
    contract   text COLLATE "C" NOT NULL,
    number     text NOT NULL,
    operator   text NOT NULL,
    uscc       text COLLATE "C" NOT NULL,
    body       text COLLATE "C" NOT NULL,
    held       jsonb NOT NULL,
    checked_at timestamptz NOT NULL,
    post       text COLLATE "C" NOT NULL,
    statement  text NOT NULL,
    sha256     text NOT NULL,
    PRIMARY KEY (region, contract)
);
CREATE FUNCTION operator_erasure_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the proof of an exit is final' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER operator_erasure_is_final BEFORE UPDATE OR DELETE ON operator_erasure
    FOR EACH ROW EXECUTE FUNCTION operator_erasure_is_final();
CREATE TRIGGER operator_erasure_in_the_log AFTER INSERT ON operator_erasure FOR EACH ROW EXECUTE FUNCTION ledger_take(
    'operator-exit', 'region contract', 'number operator uscc body held checked_at post sha256');
