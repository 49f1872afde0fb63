-- What was opened and what was granted stands in the public log, as commitments (docs/public-log.md). Triggers, so that
-- no writer can forget it. An access record that has been kept long enough takes its salt along when it is deleted.
CREATE TRIGGER shared_access_in_the_log AFTER INSERT ON shared_access FOR EACH ROW EXECUTE FUNCTION ledger_take(
    'access', 'id', 'person at id resource record fields answered reader purpose matter law source kind post body'
    ' grant_id case_id own shown_from delayed_by kept_until');
CREATE TRIGGER shared_access_forgotten AFTER DELETE ON shared_access FOR EACH ROW EXECUTE FUNCTION ledger_forget(
    'access', 'id');
CREATE TRIGGER data_grant_in_the_log AFTER INSERT ON data_grant FOR EACH ROW EXECUTE FUNCTION ledger_take(
    'grant', 'id', 'id resource record fields tests provider consumer service purpose law mode since until');
CREATE TRIGGER data_grant_change_in_the_log AFTER INSERT ON data_grant_change FOR EACH ROW EXECUTE FUNCTION ledger_take(
    'grant-change', 'grant_id event', 'grant_id event at what by_id reasons');
