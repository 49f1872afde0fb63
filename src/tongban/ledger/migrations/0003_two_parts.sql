-- A record with columns that not everybody whom it concerns may see (a fourth argument) is committed to in two parts, so
-- that the one can be shown and proven while the other stays hidden: SHA-256('tongban/record@2', NUL, A, B), where A is
-- SHA-256(SHA-256(salt, 'shown'), kind, NUL, the shown columns) and B is SHA-256(SHA-256(salt, 'hidden'), the others).
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
    INSERT INTO ledger_waiting (region, subject, seq, commitment, salt)
    VALUES ('', TG_ARGV[0] || ':' || key, 0, value, salt);
    RETURN NULL;
END
$$;
