-- Questions that a source did not answer at once are few, and the console counts those of the day.
CREATE INDEX shared_retry_failed ON shared_retry (opened_at) WHERE attempts > 0;
