-- A certificate is its signed text; the other columns are copies to find it by. Region first: a region is a partition
-- to be, and its rows lie together.
CREATE TABLE certificate (
    region     text NOT NULL CHECK (region ~ '^[0-9]{6}$'),
    id         text NOT NULL,
    holder     text NOT NULL,
    case_id    text NOT NULL,
    type       text NOT NULL,
    version    integer NOT NULL CHECK (version > 0),
    issued_at  timestamptz NOT NULL,
    jws        text NOT NULL,
    revoked_at timestamptz,
    revoked_by text,
    revoked_reason text,
    PRIMARY KEY (region, id),
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL)),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);

-- One certificate of a version for one case: issuing twice is the same certificate, not two.
CREATE UNIQUE INDEX certificate_case ON certificate (region, case_id, type, version);
CREATE INDEX certificate_holder ON certificate (holder, issued_at DESC, id DESC);

-- What was certified is never rewritten or erased; only a revocation may be added, once.
CREATE FUNCTION certificate_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
CREATE TRIGGER certificate_is_final BEFORE UPDATE OR DELETE ON certificate
    FOR EACH ROW EXECUTE FUNCTION certificate_is_final();
