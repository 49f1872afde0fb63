-- What has changed since somebody last looked, region by region: for the facts that indicators count (oversight).
CREATE INDEX case_row_changed ON case_row (region, updated_at, case_id);
