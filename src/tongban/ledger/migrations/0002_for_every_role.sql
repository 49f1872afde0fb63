-- What a record commits to is placed whichever role writes it: the assistance writes its calls under a role of its own
-- (tongban_assist), which may not touch the log by itself.
ALTER FUNCTION ledger_take() SECURITY DEFINER SET search_path = public, pg_temp;
ALTER FUNCTION ledger_forget() SECURITY DEFINER SET search_path = public, pg_temp;
