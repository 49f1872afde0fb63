-- What the public log commits to is said in the event itself from now on, sealed with it: `said` is NULL. Before that it
-- was kept beside the event, and it is empty for events of before the log that have not been committed to yet.
ALTER TABLE case_event ALTER COLUMN said DROP NOT NULL, ALTER COLUMN said DROP DEFAULT;
