-- The signed text of a certificate names its holder: it is sealed with the holder's key. Sealing a text of before is the
-- one change that a certificate allows; what it says stays as it was, and the signature proves it.
CREATE OR REPLACE FUNCTION certificate_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NOT starts_with(OLD.jws, 'sealed.1.') AND starts_with(NEW.jws, 'sealed.1.')
       AND to_jsonb(NEW) - 'jws' = to_jsonb(OLD) - 'jws'
    THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL
       OR (NEW.region, NEW.id, NEW.holder, NEW.case_id, NEW.type, NEW.version, NEW.issued_at, NEW.jws)
          IS DISTINCT FROM
          (OLD.region, OLD.id, OLD.holder, OLD.case_id, OLD.type, OLD.version, OLD.issued_at, OLD.jws)
    THEN
        RAISE EXCEPTION 'a certificate is final' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
