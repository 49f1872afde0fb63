-- Each certificate has a number, from which its place in the published status lists follows. What is suspended may be
-- used again when the suspension ends; what is revoked may not.
ALTER TABLE certificate
    ADD COLUMN number bigint GENERATED ALWAYS AS IDENTITY (START WITH 0 MINVALUE 0),
    ADD COLUMN suspended_at timestamptz,
    ADD COLUMN suspended_by text,
    ADD COLUMN suspended_reason text,
    ADD CHECK ((suspended_at IS NULL) = (suspended_reason IS NULL)),
    ADD CHECK ((suspended_at IS NULL) = (suspended_by IS NULL));
CREATE UNIQUE INDEX certificate_number ON certificate (number);
-- A status list is made of the few that are not valid.
CREATE INDEX certificate_not_valid ON certificate (number) WHERE revoked_at IS NOT NULL OR suspended_at IS NOT NULL;

CREATE OR REPLACE FUNCTION certificate_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NOT starts_with(OLD.jws, 'sealed.1.') AND starts_with(NEW.jws, 'sealed.1.')
       AND to_jsonb(NEW) - 'jws' = to_jsonb(OLD) - 'jws'
    THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR OLD.revoked_at IS NOT NULL
       OR (NEW.region, NEW.id, NEW.holder, NEW.case_id, NEW.type, NEW.version, NEW.issued_at, NEW.jws, NEW.number)
          IS DISTINCT FROM
          (OLD.region, OLD.id, OLD.holder, OLD.case_id, OLD.type, OLD.version, OLD.issued_at, OLD.jws, OLD.number)
    THEN
        RAISE EXCEPTION 'a certificate is final' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
