-- What a machine was asked, what people did with it, how it was measured and on which level it stands: in the public
-- log, as commitments (docs/public-log.md).
CREATE TRIGGER assist_call_in_the_log AFTER INSERT ON assist_call FOR EACH ROW EXECUTE FUNCTION ledger_take(
    'machine', 'region id', 'region id use version at subject person post input_hash output_hash outcome confidence'
    ' took_us cost_micro');
CREATE TRIGGER assist_settled_in_the_log AFTER INSERT ON assist_settled FOR EACH ROW EXECUTE FUNCTION ledger_take(
    'machine-settled', 'region call person', 'region call person post body use at outcome seconds_shown');
CREATE TRIGGER assist_level_in_the_log AFTER INSERT ON assist_level FOR EACH ROW EXECUTE FUNCTION ledger_take(
    'machine-level', 'region use id', 'region use id at level kind why by_id judged');
CREATE TRIGGER assist_round_in_the_log AFTER INSERT ON assist_round FOR EACH ROW EXECUTE FUNCTION ledger_take(
    'machine-score', 'region use at', 'region use at found');
CREATE TRIGGER assist_round_again_in_the_log AFTER UPDATE ON assist_round FOR EACH ROW
    WHEN (OLD.at IS DISTINCT FROM NEW.at) EXECUTE FUNCTION ledger_take(
    'machine-score', 'region use at', 'region use at found');
