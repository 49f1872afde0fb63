-- A person can prove an opening of their data without the log's commitment telling them which official it was, or whose
-- matter (docs/public-log.md). Openings of before are one commitment over all and cannot be shown in part.
DROP TRIGGER shared_access_in_the_log ON shared_access;
CREATE TRIGGER shared_access_in_the_log AFTER INSERT ON shared_access FOR EACH ROW EXECUTE FUNCTION ledger_take(
    'access', 'id', 'person at id resource fields answered law source kind post body own shown_from kept_until',
    'record reader purpose matter grant_id case_id delayed_by');
