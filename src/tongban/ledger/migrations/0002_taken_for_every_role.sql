-- Whoever may write a record has it taken into the log, and may do nothing else there: roles that reach few tables (the
-- machines', for one) write records too.
ALTER FUNCTION ledger_take() SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION ledger_forget() SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp;
REVOKE ALL ON FUNCTION ledger_take(), ledger_forget() FROM PUBLIC;
