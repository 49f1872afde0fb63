-- The public log: what waits for its place, the places, the tree's tiles, and the head. Nothing here is personal: a
-- commitment says nothing without a key that is not here. One log has one order, so these tables lead with no region.

CREATE TABLE ledger_waiting (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    region     text COLLATE "C" NOT NULL,
    subject    text COLLATE "C" NOT NULL,
    seq        integer NOT NULL CHECK (seq >= 0),
    commitment bytea NOT NULL CHECK (octet_length(commitment) = 32),
    salt       bytea
);
COMMENT ON TABLE ledger_waiting IS 'Written in the transaction of what it commits to; emptied by the sequencer.';
COMMENT ON COLUMN ledger_waiting.seq IS 'The event''s number in its case, whose commitments are chained; 0 for what is in no chain.';

CREATE TABLE ledger_leaf (
    region  text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    seq     integer NOT NULL,
    place   bigint NOT NULL,
    value   bytea NOT NULL,
    salt    bytea,
    PRIMARY KEY (region, subject, seq)
);
COMMENT ON TABLE ledger_leaf IS 'Where a thing stands in the log; for our own finding, never published.';
COMMENT ON COLUMN ledger_leaf.salt IS 'Of what is in no chain; gone with the row that it is about.';

CREATE TABLE ledger_tile (
    level smallint NOT NULL CHECK (level BETWEEN -1 AND 63),
    place bigint NOT NULL CHECK (place >= 0),
    data  bytea NOT NULL,
    PRIMARY KEY (level, place)
);
ALTER TABLE ledger_tile ALTER COLUMN data SET STORAGE EXTERNAL; -- hashes do not get smaller
COMMENT ON TABLE ledger_tile IS 'C2SP tiles; level -1 are the entries. A tile only ever grows.';

CREATE FUNCTION ledger_tile_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.level, NEW.place) = (OLD.level, OLD.place)
           AND substring(NEW.data FOR octet_length(OLD.data)) = OLD.data THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a tile of the log only grows' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER ledger_tile_only_grows BEFORE UPDATE OR DELETE ON ledger_tile
    FOR EACH ROW EXECUTE FUNCTION ledger_tile_only_grows();

CREATE TABLE ledger_head (
    one       boolean PRIMARY KEY DEFAULT true CHECK (one),
    origin    text NOT NULL CHECK (origin <> ''),
    size      bigint NOT NULL DEFAULT 0,
    signed    text NOT NULL DEFAULT '',
    published text NOT NULL DEFAULT '',
    published_size bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE ledger_head IS 'One row. Whoever holds it is the one writer of the log.';
COMMENT ON COLUMN ledger_head.signed IS 'The checkpoint of this size with the log''s signature.';
COMMENT ON COLUMN ledger_head.published IS 'The newest checkpoint that enough witnesses have signed; what everybody is shown.';

CREATE FUNCTION ledger_head_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.size >= OLD.size AND NEW.origin = OLD.origin THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the log only grows' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER ledger_head_only_grows BEFORE UPDATE OR DELETE ON ledger_head
    FOR EACH ROW EXECUTE FUNCTION ledger_head_only_grows();

-- For tables whose rows are records of their own: (kind, columns of the key, columns that are committed to). The leaf is
-- SHA-256(32 random bytes, kind, NUL, the columns as jsonb text), so it can be shown later what was written then.
CREATE FUNCTION ledger_take() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    written jsonb := to_jsonb(NEW);
    key     text;
    said    jsonb;
    salt    bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
BEGIN
    SELECT string_agg(written ->> name, ':' ORDER BY n) INTO key
      FROM unnest(string_to_array(TG_ARGV[1], ' ')) WITH ORDINALITY AS k(name, n);
    SELECT jsonb_object_agg(name, written -> name) INTO said FROM unnest(string_to_array(TG_ARGV[2], ' ')) AS k(name);
    INSERT INTO ledger_waiting (region, subject, seq, commitment, salt)
    VALUES ('', TG_ARGV[0] || ':' || key, 0,
            sha256(salt || convert_to(TG_ARGV[0], 'UTF8') || '\x00'::bytea || convert_to(said::text, 'UTF8')), salt);
    RETURN NULL;
END
$$;

-- A record that is forgotten takes its salt along: the leaf stays and says nothing any more.
CREATE FUNCTION ledger_forget() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    written jsonb := to_jsonb(OLD);
    key     text;
BEGIN
    SELECT string_agg(written ->> name, ':' ORDER BY n) INTO key
      FROM unnest(string_to_array(TG_ARGV[1], ' ')) WITH ORDINALITY AS k(name, n);
    UPDATE ledger_leaf SET salt = NULL WHERE region = '' AND subject = TG_ARGV[0] || ':' || key AND seq = 0;
    UPDATE ledger_waiting SET salt = NULL WHERE region = '' AND subject = TG_ARGV[0] || ':' || key AND seq = 0;
    RETURN NULL;
END
$$;
