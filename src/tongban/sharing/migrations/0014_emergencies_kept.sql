-- The reason of an emergency is sealed with the key of the person whose case was opened; rows of before are sealed at the
-- next start, which is the one change they allow. An emergency is kept three years at least, as any opening is, and never
-- goes before it was reviewed (政务数据共享条例 29).
ALTER TABLE access_emergency ADD COLUMN kept_until date;
ALTER TABLE access_emergency DISABLE TRIGGER access_emergency_is_final;
UPDATE access_emergency SET kept_until = ((at AT TIME ZONE 'UTC')::date + interval '3 years')::date + 1;
ALTER TABLE access_emergency ENABLE TRIGGER access_emergency_is_final;
ALTER TABLE access_emergency
    ALTER COLUMN kept_until SET NOT NULL,
    ADD CONSTRAINT access_emergency_kept CHECK (kept_until >= ((at AT TIME ZONE 'UTC')::date + interval '3 years')::date);
CREATE INDEX access_emergency_over ON access_emergency (kept_until);

DROP TRIGGER access_emergency_is_final ON access_emergency;
CREATE FUNCTION access_emergency_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NOT starts_with(OLD.reason, 'sealed.1.') AND starts_with(NEW.reason, 'sealed.1.')
       AND to_jsonb(NEW) - 'reason' = to_jsonb(OLD) - 'reason'
    THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' AND OLD.kept_until < current_date
       AND EXISTS (SELECT FROM access_review r WHERE r.emergency = OLD.id)
    THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'an access record is final' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER access_emergency_is_final BEFORE UPDATE OR DELETE ON access_emergency
    FOR EACH ROW EXECUTE FUNCTION access_emergency_is_final();
CREATE TRIGGER access_emergency_is_whole BEFORE TRUNCATE ON access_emergency
    FOR EACH STATEMENT EXECUTE FUNCTION shared_access_is_whole();
