-- A value that its person disputes is asked for again once its source has corrected it: such a wish names the case that
-- it awaits (`wishes[].awaits`), and its question may end because the source left the record as it is.
ALTER TABLE shared_retry DROP CONSTRAINT shared_retry_ended_check;
ALTER TABLE shared_retry ADD CONSTRAINT shared_retry_ended_check CHECK (ended IN (
    'answered', 'not-there', 'not-allowed', 'not-needed', 'case-ended', 'given-up', 'not-corrected'));
