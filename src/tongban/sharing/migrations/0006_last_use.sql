-- When a grant was last used, for who gave it and who holds it.
CREATE INDEX shared_access_grant ON shared_access (grant_id, at DESC) WHERE grant_id <> '';
