-- A tombstone is signed with the installation's key of the log (JWS over key, person, time and ground) and checked when it
-- is read. Those of before are signed once, at the next start; that is the one change a tombstone allows.
ALTER TABLE person_key_erased ADD COLUMN signed text NOT NULL DEFAULT '';
ALTER TABLE person_key_erased ALTER COLUMN signed DROP DEFAULT;
CREATE OR REPLACE FUNCTION person_key_erased_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.signed = '' AND NEW.signed <> ''
       AND to_jsonb(NEW) - 'signed' = to_jsonb(OLD) - 'signed'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an erasure is final' USING ERRCODE = 'restrict_violation';
END
$$;
