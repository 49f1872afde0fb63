-- What waits for the log stands in the line as it was written: one row for all that one statement commits to, and not
-- one for each event. An application of a busy minute pays a sixteenth of a row, and the sequencer takes fewer.
ALTER TABLE ledger_waiting RENAME TO ledger_waiting_single;

CREATE TABLE ledger_waiting (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    regions     text[] COLLATE "C" NOT NULL,
    subjects    text[] COLLATE "C" NOT NULL,
    seqs        integer[] NOT NULL,
    commitments bytea[] NOT NULL,
    salts       bytea[],
    CHECK (cardinality(regions) = cardinality(seqs) AND cardinality(subjects) = cardinality(seqs)
       AND cardinality(commitments) = cardinality(seqs) AND (salts IS NULL OR cardinality(salts) = cardinality(seqs)))
);
COMMENT ON TABLE ledger_waiting IS 'Written in the transaction of what it commits to; emptied by the sequencer, row by row and in a row from left to right.';
COMMENT ON COLUMN ledger_waiting.seqs IS 'The events'' numbers in their cases, whose commitments are chained; 0 for what is in no chain.';
COMMENT ON COLUMN ledger_waiting.salts IS 'None for what is in a chain.';

INSERT INTO ledger_waiting (regions, subjects, seqs, commitments, salts)
SELECT ARRAY[region], ARRAY[subject], ARRAY[seq], ARRAY[commitment], CASE WHEN salt IS NOT NULL THEN ARRAY[salt] END
  FROM ledger_waiting_single ORDER BY id;
DROP TABLE ledger_waiting_single;

CREATE OR REPLACE FUNCTION ledger_take() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    written jsonb := to_jsonb(NEW);
    key     text;
    said    jsonb;
    rest    jsonb;
    value   bytea;
    salt    bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
BEGIN
    SELECT string_agg(written ->> name, ':' ORDER BY n) INTO key
      FROM unnest(string_to_array(TG_ARGV[1], ' ')) WITH ORDINALITY AS k(name, n);
    SELECT jsonb_object_agg(name, written -> name) INTO said FROM unnest(string_to_array(TG_ARGV[2], ' ')) AS k(name);
    IF TG_NARGS = 3 THEN
        value := sha256(salt || convert_to(TG_ARGV[0], 'UTF8') || '\x00'::bytea || convert_to(said::text, 'UTF8'));
    ELSE
        SELECT jsonb_object_agg(name, written -> name) INTO rest
          FROM unnest(string_to_array(TG_ARGV[3], ' ')) AS k(name);
        value := sha256(convert_to('tongban/record@2', 'UTF8') || '\x00'::bytea
            || sha256(sha256(salt || convert_to('shown', 'UTF8')) || convert_to(TG_ARGV[0], 'UTF8') || '\x00'::bytea
                || convert_to(said::text, 'UTF8'))
            || sha256(sha256(salt || convert_to('hidden', 'UTF8')) || convert_to(rest::text, 'UTF8')));
    END IF;
    INSERT INTO ledger_waiting (regions, subjects, seqs, commitments, salts)
    VALUES ('{""}', ARRAY[TG_ARGV[0] || ':' || key], '{0}', ARRAY[value], ARRAY[salt]);
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION ledger_forget() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    written jsonb := to_jsonb(OLD);
    key     text;
BEGIN
    SELECT string_agg(written ->> name, ':' ORDER BY n) INTO key
      FROM unnest(string_to_array(TG_ARGV[1], ' ')) WITH ORDINALITY AS k(name, n);
    UPDATE ledger_leaf SET salt = NULL WHERE region = '' AND subject = TG_ARGV[0] || ':' || key AND seq = 0;
    UPDATE ledger_waiting SET salts = NULL WHERE regions = '{""}' AND subjects = ARRAY[TG_ARGV[0] || ':' || key];
    RETURN NULL;
END
$$;
