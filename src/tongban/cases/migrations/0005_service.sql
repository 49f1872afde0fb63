-- What came of a service in a year, for publications.
CREATE INDEX case_row_service ON case_row (service, opened_at);
