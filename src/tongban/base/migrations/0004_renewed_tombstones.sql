-- A later signature over a tombstone's own, for when the key of the first has gone or may be in other hands. It may be
-- replaced by a still later one; what the tombstone says stays as it was.
ALTER TABLE person_key_erased ADD COLUMN renewed text NOT NULL DEFAULT '';
CREATE OR REPLACE FUNCTION person_key_erased_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.signed = NEW.signed OR OLD.signed = '' AND NEW.signed <> '')
       AND to_jsonb(NEW) - 'signed' - 'renewed' = to_jsonb(OLD) - 'signed' - 'renewed'
       AND (OLD.renewed = NEW.renewed OR NEW.renewed <> '')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an erasure is final' USING ERRCODE = 'restrict_violation';
END
$$;
